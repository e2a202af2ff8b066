"""The container that the mirror runs in: made when it is missing or outdated, looked after by the lab engine."""

import time
from pathlib import Path

from tools.digests import digest_folder, digest_of
from tools.docker import BASE_IMAGE, CONTAINER_SECONDS, Docker
from tools.locks import machine_lock
from tools.mirror import health, places
from tools.mirror.certificate import certificate_folder
from tools.mirror.door import ensure_door
from tools.mirror.interface import ensure_interface
from tools.mirror.staging import staging_folder
from tools.problems import Problem
from tools.shell import CommandFailed
from tools.workspace import Workspace

FOLDER = "tools/mirror/image"
# The folders in it are the namespaces that may be pushed to.
NAMES = "/spaces/names"
# Two registries and two servers start within a second; a busy machine takes longer.
START_SECONDS = 60.0
POLL_SECONDS = 0.2


def image_of(workspace: Workspace, docker: Docker) -> str:
    """The tag of the image that the folder makes on the base as it is."""
    return f"muelle/mirror:{digest_of(digest_folder(workspace.root / FOLDER), docker.image_id(BASE_IMAGE) or '')}"


def ensure(workspace: Workspace) -> bool:
    """Have the mirror answer. Idempotent, safe from several clones at once; needs root. Returns whether it was made.

    Raises Problem. What learners pushed is lost when the mirror is made anew, which an upgrade does.
    """
    docker = Docker(workspace)
    image = image_of(workspace, docker)
    with machine_lock("mirror", waiting=workspace.say):
        ensure_interface()
        ensure_door(workspace)
        if _is_current(docker, image) and health.answers():
            return False
        if docker.image_id(image) is None:
            workspace.say("builds the mirror's image")
            docker.build(workspace.root / FOLDER, image)
        if _is_current(docker, image):
            # It may wait for its next start since the machine came up before the address did.
            docker.call("restart", "--time", "5", places.CONTAINER, timeout=CONTAINER_SECONDS)
        else:
            _make_anew(workspace, docker, image)
        _wait(docker)
        return True


def remove(docker: Docker) -> None:
    """Remove the mirror's container, with what was pushed. Idempotent."""
    docker.call("rm", "--force", places.CONTAINER, timeout=CONTAINER_SECONDS)


def _make_anew(workspace: Workspace, docker: Docker, image: str) -> None:
    with staging_folder("names") as folder:
        # Sessions that run now must be able to push again, so the namespaces that are open stay open.
        kept = _copy(docker, f"{places.CONTAINER}:{NAMES}", folder)
        remove(docker)
        docker.call(*_arguments(workspace, docker, image), timeout=CONTAINER_SECONDS)
        if kept:
            _copy(docker, folder / Path(NAMES).name, f"{places.CONTAINER}:{Path(NAMES).parent}")


def _copy(docker: Docker, source: str | Path, target: str | Path) -> bool:
    try:
        docker.call("cp", "--archive", source, target, timeout=CONTAINER_SECONDS)
    except CommandFailed:
        return False
    return True


def _is_current(docker: Docker, image: str) -> bool:
    try:
        return docker.call("inspect", "--format", "{{.Config.Image}}", places.CONTAINER).strip() == image
    except CommandFailed:
        return False


def _arguments(workspace: Workspace, docker: Docker, image: str) -> list[str | Path]:
    # Where the quota counts the image as well, its size comes on top of what may be pushed.
    counted = docker.image_size(image) if workspace.setting("MUELLE_ENGINE_QUOTA_COUNTS_IMAGE") == "1" else 0
    return [
        "run", "--detach", "--name", places.CONTAINER, "--label", f"{places.LABEL}=1",
        "--restart", "unless-stopped",
        # The address is one of the host; nothing listens on any other.
        "--network", "host",
        "--cap-drop", "ALL", "--cap-add", "NET_BIND_SERVICE",
        "--storage-opt", f"size={places.PUSHES_BYTES + counted}",
        "--memory", str(places.MEMORY_BYTES), "--memory-swap", str(places.MEMORY_BYTES),
        "--pids-limit", str(places.PROCESSES),
        "--tmpfs", "/run/mirror:uid=990,gid=990,mode=700,size=64m",
        "--volume", f"{places.LIBRARY_VOLUME}:/library:ro",
        "--volume", f"{places.PACKAGES_VOLUME}:/packages:ro",
        "--volume", f"{certificate_folder(docker, image)}:/hub:ro",
        "--volume", f"{places.DOOR}:{places.DOOR}",
        image,
    ]  # fmt: skip


def _wait(docker: Docker) -> None:
    deadline = time.monotonic() + START_SECONDS
    while not (health.answers() and health.stands_in()):
        if time.monotonic() > deadline:
            raise Problem(
                f"The mirror does not answer at {places.ADDRESS}.",
                "Mend what its last lines name (is something else at port 53, 5000, 5080 or 5443?) and run again.",
                docker.call("logs", "--tail", "12", places.CONTAINER),
            )
        time.sleep(POLL_SECONDS)
