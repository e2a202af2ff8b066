"""System packages: only those whose programs are missing, and engine and Redis only where none answers."""

import os
import sys
from pathlib import Path

from tools.debian import Need, install
from tools.engine.choose import choose_engine
from tools.redis import find_redis
from tools.workspace import Workspace

ENGINE = (
    Need("dockerd", ("docker.io",)),
    Need("mkfs.btrfs", ("btrfs-progs",)),
    Need("iptables", ("iptables",)),
    Need("ip", ("iproute2",)),
    Need("losetup", ("mount",)),
)
# The walls around labs with a network, whichever engine runs them; only root can have them.
WALLS = Need("nft", ("nftables",))
# From Debian 13 on the client is a package of its own.
CLIENT = Need("docker", ("docker-cli", "docker.io"))
REDIS = Need("redis-server", ("redis-server",))
TRANSLATIONS = Need("msgfmt", ("gettext",))
# Diagrams in lessons become SVG when a course is synced.
DIAGRAMS = Need("dot", ("graphviz",))
TESTS = (
    Need("chromium", ("chromium",)),
    # Pages are looked at in screenshots; without a font Chromium draws boxes.
    Need("/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf", ("fonts-dejavu-core",)),
    Need("/usr/lib/postgresql/*/bin/initdb", ("postgresql",)),
    # The agent's tests compile it as the image does.
    Need("cc", ("gcc",)),
    Need("/usr/lib/*/libc.a", ("libc6-dev",)),
    # Checks are tested with the trusted tools of a sandbox, without one.
    Need("busybox", ("busybox-static",)),
    Need("git", ("git",)),
    # The production shape is brought up. Version 2 is a plugin of the docker command, version 1 was a program.
    Need("/usr/*/docker/cli-plugins/docker-compose|docker-compose", ("docker-compose",)),
    # Tests of the agent and the supervisor look at processes with it.
    Need("ps", ("procps",)),
)


def run(workspace: Workspace) -> str:
    """Install what is missing. Decides on the engine first, since installing one may start it."""
    choice = choose_engine(workspace.environ)
    needs = [CLIENT, TRANSLATIONS, DIAGRAMS]
    if choice.own:
        needs += ENGINE
    if os.geteuid() == 0:
        needs.append(WALLS)
    if find_redis(workspace) is None:
        needs.append(REDIS)
    if not _has_venv():
        needs.append(_venv_package())
    if workspace.for_tests:
        needs += TESTS
    installed = install(workspace, needs)
    return f"installed {len(installed)}" if installed else "all there"


def run_for_engine(workspace: Workspace) -> str:
    """Install what the engine and its images take, where the site itself runs in containers."""
    # An engine of our own runs labs that have a network, and those are behind a firewall.
    needs = [CLIENT, *((*ENGINE, Need("nft", ("nftables",))) if choose_engine(workspace.environ).own else ())]
    installed = install(workspace, needs)
    return f"installed {len(installed)}" if installed else "all there"


def _has_venv() -> bool:
    # Debian splits the module that makes virtual environments from its interpreter.
    library = Path(sys.base_prefix) / "lib" / f"python{sys.version_info.major}.{sys.version_info.minor}"
    return (library / "ensurepip" / "__init__.py").is_file()


def _venv_package() -> Need:
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    return Need(f"/usr/lib/python{version}/ensurepip/__init__.py", (f"python{version}-venv", "python3-venv"))
