"""The agent, PID 1 of every sandbox: compiled in a container, handed out on a read-only volume named by its digest."""

from tools.digests import digest_folder
from tools.docker import Docker
from tools.locks import machine_lock
from tools.problems import Problem
from tools.shell import CommandFailed
from tools.workspace import Workspace

FOLDER = "platform/sandboxes/agent"
# Where sandboxes see the volume, and where the image has the files that fill it.
TARGET = "/.muelle/bin"


def run(workspace: Workspace) -> str:
    """Have image and volume of the sources as they are now, and write down the volume's name."""
    docker = Docker(workspace)
    folder = workspace.root / FOLDER
    digest = digest_folder(folder)
    image, volume = f"muelle/agent:{digest}", f"muelle-agent-{digest}"
    stamp = workspace.state / "run" / "agent-volume"
    checked = f"{docker.engine_id()} {volume}"
    if stamp.is_file() and stamp.read_text(encoding="utf-8") == checked and docker.has_volume(volume):
        outcome = "is up to date"
    else:
        with machine_lock("image-agent", waiting=workspace.say):
            if docker.image_id(image) is None:
                workspace.say("compiles the agent in a container")
                docker.build(folder, image)
            _fill(docker, volume, image)
        stamp.parent.mkdir(parents=True, exist_ok=True)
        stamp.write_text(checked, encoding="utf-8")
        outcome = "built"
    workspace.remember(MUELLE_AGENT_VOLUME=volume)
    return f"{volume} {outcome}"


def _fill(docker: Docker, volume: str, image: str) -> None:
    if docker.has_volume(volume):
        if _is_whole(docker, volume, image):
            return
        # An engine killed while it copied leaves a part; sandboxes that use the volume then fail anyway.
        docker.remove_volume(volume)
    docker.fill_volume(volume, TARGET, image)
    if not _is_whole(docker, volume, image):
        raise Problem(
            f"The volume {volume} does not hold what {image} has.", f"`docker volume rm {volume}` and run again."
        )


def _is_whole(docker: Docker, volume: str, image: str) -> bool:
    # Mounted elsewhere than in a sandbox, so that it does not hide the image's own files, which it is compared with.
    script = f'for file in {TARGET}/*; do cmp "$file" "/volume/${{file##*/}}" || exit 1; done'
    try:
        docker.run_container(
            "--volume", f"{volume}:/volume:ro", "--user", "0", "--entrypoint", f"{TARGET}/sh", image, "-c", script
        )
    except CommandFailed:
        return False
    return True
