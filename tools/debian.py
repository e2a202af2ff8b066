"""Programs that come from Debian's packages: which are missing, and how they are installed."""

import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from tools.locks import machine_lock
from tools.problems import Problem
from tools.shell import find_program, run, succeeds
from tools.workspace import Workspace

# Package lists over a slow line.
UPDATE_SECONDS = 600.0
# Chromium with its libraries is 400 MB.
INSTALL_SECONDS = 1800.0
# apt itself waits this long for another apt, such as the nightly upgrade.
APT_LOCK_SECONDS = 600


@dataclass(frozen=True)
class Need:
    """A program, or a file by absolute path (`*` allowed), and the packages that bring it: the first that is known.

    Where a package brings one thing or another, depending on its version, both are named with `|` between them.
    """

    what: str
    packages: tuple[str, ...]

    @property
    def met(self) -> bool:
        """Whether it is on this machine."""
        return any(_is_there(what) for what in self.what.split("|"))


def _is_there(what: str) -> bool:
    if what.startswith("/"):
        return any(Path("/").glob(what.lstrip("/")))
    return find_program(what) is not None


def missing(needs: Iterable[Need]) -> list[Need]:
    """Those that this machine lacks."""
    return [need for need in needs if not need.met]


def install(workspace: Workspace, needs: Iterable[Need]) -> list[str]:
    """Install the packages of needs that are not met, and return their names.

    Raises Problem where that takes root or apt and there is none, with the command that somebody else can run.
    """
    lacking = missing(needs)
    if not lacking:
        return []
    names = sorted({need.packages[-1] for need in lacking})
    if find_program("apt-get") is None or os.geteuid() != 0:
        raise Problem(
            f"These programs are missing: {', '.join(need.what for need in lacking)}.",
            f"As root `apt-get install {' '.join(names)}`, or the like on other systems, and run again.",
        )
    with machine_lock("apt", waiting=workspace.say):
        # Another clone may have installed them while this one waited.
        lacking = missing(lacking)
        return _install_packages(workspace, lacking) if lacking else []


def _install_packages(workspace: Workspace, needs: list[Need]) -> list[str]:
    apt = ["apt-get", "-q", "-y", "-o", f"DPkg::Lock::Timeout={APT_LOCK_SECONDS}"]
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    # A set-up killed in the middle leaves packages unpacked but not configured; without any this does nothing.
    run(["dpkg", "--configure", "-a"], timeout=INSTALL_SECONDS, log=workspace.log, env=environment)
    if not succeeds([*apt, "update"], timeout=UPDATE_SECONDS):
        # One broken third-party source is no reason to stop: the lists at hand may do.
        workspace.say("apt-get update did not succeed; tries with the package lists at hand")
    names = sorted({_first_known(need.packages) for need in needs})
    workspace.say(f"installs {' '.join(names)}")
    run(
        [*apt, "install", "--no-install-recommends", *names],
        timeout=INSTALL_SECONDS,
        log=workspace.log,
        env=environment,
        mend="Check that this machine reaches its package mirror (`apt-get update`), and run again.",
    )
    still = missing(needs)
    if still:
        raise Problem(
            f"apt installed {', '.join(names)}, but there still is no {', '.join(need.what for need in still)}.",
            "Install the program by hand and run again.",
        )
    _stop_unneeded_services(names)
    return names


def _first_known(packages: tuple[str, ...]) -> str:
    for name in packages:
        if run(["apt-cache", "policy", name]).strip() and "Candidate: (none)" not in run(["apt-cache", "policy", name]):
            return name
    return packages[-1]


def _stop_unneeded_services(names: list[str]) -> None:
    # Under systemd the package starts an engine of the machine, which nobody asked for and which would sit beside ours.
    if "docker.io" in names and Path("/run/systemd/system").is_dir():
        succeeds(["systemctl", "disable", "--now", "docker.socket", "docker.service"], timeout=60)
