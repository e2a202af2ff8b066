"""Installs the sites that pages are measured against: on first use, each in a folder of its own, in fixed versions."""

from __future__ import annotations

import shutil
import sys
import tarfile
from collections.abc import Callable, Sequence
from pathlib import Path

from running_site import CLONE_STATE

from tools import debian
from tools.digests import digest_files
from tools.shell import run
from tools.workspace import Workspace

HERE = Path(__file__).resolve().parent
REQUIREMENTS = HERE / "requirements"
INSTALL_SECONDS = 900.0  # forty wheels over a slow line
STAMP = "installed"
MEND = "Check that this machine reaches its package registries, and run again."
GENERATOR = (debian.Need("wrk", ("wrk",)),)
NODE = (debian.Need("node", ("nodejs",)), debian.Need("npm", ("npm",)))
NODE_FILES = ("package.json", "package-lock.json")
CTFD_RELEASE = "uctfd-1.0.3.post1"
WORKSPACE = Workspace(say=lambda text: print(f"  {text}", flush=True))


def generator() -> None:
    """Have the load generator. Raises Problem."""
    debian.install(WORKSPACE, GENERATOR)


def jupyterhub() -> Path:
    """Have JupyterHub and its proxy, and return their folder. Raises Problem."""
    debian.install(WORKSPACE, NODE)
    return _installed("jupyterhub", ("requirements.txt", *NODE_FILES), _install_jupyterhub)


def ctfd() -> Path:
    """Have CTFd and what it needs, and return their folder. Raises Problem."""
    return _installed("ctfd", ("requirements.txt", "release.txt"), _install_ctfd)


def version(path: str, name: str) -> str:
    """Return the version that a requirement file below `requirements/` fixes."""
    lines = (REQUIREMENTS / path).read_text(encoding="utf-8").splitlines()
    return next(line for line in lines if line.startswith(f"{name}==")).split("==")[1].split()[0]


def _installed(name: str, locks: Sequence[str], install: Callable[[Path], None]) -> Path:
    """Return the folder of a peer; install it where it is missing, half made, or of other versions."""
    folder = CLONE_STATE / "bench" / name
    stamp, digest = folder / STAMP, digest_files(REQUIREMENTS / name / lock for lock in locks)
    if not stamp.is_file() or stamp.read_text(encoding="utf-8") != digest:
        WORKSPACE.say(f"installs {name} in {folder}")
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        install(folder)
        stamp.write_text(digest, encoding="utf-8")
    return folder


def _install_jupyterhub(folder: Path) -> None:
    _make_environment(folder, REQUIREMENTS / "jupyterhub" / "requirements.txt")
    for name in NODE_FILES:
        shutil.copy(REQUIREMENTS / "jupyterhub" / name, folder / name)
    run(["npm", "ci", "--no-audit", "--no-fund"], cwd=folder, timeout=INSTALL_SECONDS, log=WORKSPACE.log, mend=MEND)


def _install_ctfd(folder: Path) -> None:
    """Unpack the release beside its libraries: it declares no packages, so pip would install nothing of it."""
    python = _make_environment(folder, REQUIREMENTS / "ctfd" / "requirements.txt")
    # Its set-up runs with the setuptools of the environment: that of today refuses a folder with several packages.
    download = [python, "-m", "pip", "download", "--no-deps", "--no-build-isolation", "--no-binary", ":all:"]
    release = ["--require-hashes", "-r", REQUIREMENTS / "ctfd" / "release.txt", "--dest", folder]
    run([*download, *release], timeout=INSTALL_SECONDS, log=WORKSPACE.log, mend=MEND)
    with tarfile.open(folder / f"{CTFD_RELEASE}.tar.gz") as archive:
        archive.extractall(folder, filter="data")


def _make_environment(folder: Path, lock: Path) -> Path:
    """Make a virtual environment with what a lock names, and return its interpreter."""
    python = folder / "venv" / "bin" / "python"
    run([sys.executable, "-m", "venv", folder / "venv"], timeout=INSTALL_SECONDS, log=WORKSPACE.log, mend=MEND)
    install = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input"]
    run([*install, "--require-hashes", "-r", lock], timeout=INSTALL_SECONDS, log=WORKSPACE.log, mend=MEND)
    return python
