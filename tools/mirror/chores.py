"""The rare commands: look at the mirror, stop it, remove it."""

import shutil

from tools.docker import CONTAINER_SECONDS, Docker
from tools.mirror import container, health, keeper, places
from tools.mirror.interface import remove_interface
from tools.shell import CommandFailed
from tools.workspace import Workspace

REPOSITORIES = "/library/docker/registry/v2/repositories/library"


def mirror(action: str, workspace: Workspace) -> int:
    """Do one of `keep`, `sweep`, `stop`, `remove`, `status`. Returns the exit code. Raises Problem."""
    match action:
        case "keep":
            keeper.keep(workspace)
        case "sweep":
            keeper.sweep(workspace)
        case "stop":
            Docker(workspace).call("stop", places.CONTAINER, timeout=CONTAINER_SECONDS)
        case "remove":
            remove(workspace)
    return _status(workspace)


def remove(workspace: Workspace) -> None:
    """Remove the mirror with all that it has, its images and packages included. Raises Problem."""
    docker = Docker(workspace)
    container.remove(docker)
    for volume in (places.LIBRARY_VOLUME, places.PACKAGES_VOLUME):
        docker.remove_volume(volume)
    remove_interface()
    shutil.rmtree(places.STATE, ignore_errors=True)


def _status(workspace: Workspace) -> int:
    if not health.answers():
        print(f"no mirror answers at {places.ADDRESS}; `make setup` starts it where it is needed")
        return 0
    try:
        names = Docker(workspace).call("exec", places.CONTAINER, "ls", REPOSITORIES).split()
    except CommandFailed:
        names = []
    print(f"the mirror answers at {places.ADDRESS}; its library has: {', '.join(names) or 'nothing yet'}")
    return 0
