"""The base of all lab images: `debian:trixie-slim`, from its registry or, where none answers, made from packages."""

import tempfile
import urllib.error
import urllib.request
from pathlib import Path

from tools.debian import Need, install
from tools.docker import BASE_IMAGE, SOURCES, SUITE, Docker
from tools.locks import machine_lock
from tools.shell import run as run_program
from tools.workspace import Workspace

NAME = BASE_IMAGE
# Docker's public registry; any answer, also "not signed in", means that images can be had.
REGISTRY = "https://registry-1.docker.io/v2/"
REGISTRY_SECONDS = 5.0
# Eighty packages over a slow line.
BOOTSTRAP_SECONDS = 1800.0
NEEDS = (
    Need("mmdebstrap", ("mmdebstrap",)),
    # On Ubuntu the keys of Debian's archive are a package of their own.
    Need("/usr/share/keyrings/debian-archive-keyring.gpg", ("debian-archive-keyring",)),
)
# What the slim image leaves out as well: nobody reads these inside a sandbox.
LEFT_OUT = (
    "path-exclude=/usr/share/man/*",
    "path-exclude=/usr/share/doc/*",
    "path-include=/usr/share/doc/*/copyright",
    "path-exclude=/usr/share/locale/*",
    "path-exclude=/usr/share/info/*",
)


def run(workspace: Workspace) -> str:
    """Have the image in the engine."""
    docker = Docker(workspace)
    if docker.image_id(NAME):
        return f"{NAME} is there"
    with machine_lock("image-base", waiting=workspace.say):
        if docker.image_id(NAME):
            return f"{NAME} is there"
        if _registry_answers():
            workspace.say(f"pulls {NAME}")
            if docker.pull(NAME):
                return f"pulled {NAME}"
        return _make_from_packages(workspace, docker)


def _registry_answers() -> bool:
    try:
        urllib.request.urlopen(REGISTRY, timeout=REGISTRY_SECONDS).close()
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False
    return True


def _make_from_packages(workspace: Workspace, docker: Docker) -> str:
    workspace.say("no registry answers: makes the image from Debian's packages")
    install(workspace, NEEDS)
    # Beside the state, since /tmp may be a small file system in memory.
    with tempfile.TemporaryDirectory(dir=workspace.state, prefix="base-") as folder:
        archive = Path(folder) / "base.tar"
        options = [f"--dpkgopt={line}" for line in LEFT_OUT]
        run_program(
            ["mmdebstrap", "--variant=minbase", *options, "--include=ca-certificates", SUITE, archive, *SOURCES],
            timeout=BOOTSTRAP_SECONDS,
            log=workspace.log,
            mend="Check that this machine reaches deb.debian.org, or load the image by hand "
            f"(`docker pull {NAME}` elsewhere, `docker save`, `docker load` here), and run again.",
        )
        docker.import_image(archive, NAME)
    return f"made {NAME}"
