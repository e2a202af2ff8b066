"""Prove that the engine keeps a sandbox within its disk limit; profiles with a writable disk run only where it does."""

from tools.docker import Docker
from tools.shell import CommandFailed
from tools.steps.base_image import NAME
from tools.workspace import Workspace

STAMP = "run/disk-limit"
MIB = 1024 * 1024
# How much a sandbox may write in the proof, half of which must fit, and how much it tries to.
ALLOWED = 32 * MIB
TRIED = 2 * ALLOWED
# What stops the second file must be the quota, not a full disk; the reason goes to a variable, since no file has room.
SCRIPT = f"""
head -c {ALLOWED // 2} /dev/zero > /half || exit 1
why=$(head -c {TRIED} /dev/zero 2>&1 > /filler)
case $why in *'quota exceeded'*) echo limited ;; esac
"""


def run(workspace: Workspace) -> str:
    """Try it once per engine, and write the result down.

    MUELLE_ENGINE_QUOTA is 1 where a limit holds. MUELLE_ENGINE_QUOTA_COUNTS_IMAGE is 1 where the limit also counts what
    the image holds, so that a sandbox's own share has to be added to the size of its image.
    """
    docker = Docker(workspace)
    stamp = workspace.state / STAMP
    engine = docker.engine_id()
    if not (
        stamp.is_file() and stamp.read_text(encoding="utf-8") == engine and workspace.setting("MUELLE_ENGINE_QUOTA")
    ):
        _prove(workspace, docker)
        stamp.parent.mkdir(parents=True, exist_ok=True)
        stamp.write_text(engine, encoding="utf-8")
    if workspace.setting("MUELLE_ENGINE_QUOTA") == "1":
        return "hard limits hold"
    return (
        "no hard limits here: labs that write to a disk of their own are off (as root, MUELLE_ENGINE=own turns them on)"
    )


def _prove(workspace: Workspace, docker: Docker) -> None:
    alone = _holds(docker, ALLOWED)
    with_image = not alone and _holds(docker, docker.image_size(NAME) + ALLOWED)
    workspace.remember(
        MUELLE_ENGINE_QUOTA="1" if alone or with_image else "0",
        MUELLE_ENGINE_QUOTA_COUNTS_IMAGE="1" if with_image else "0",
    )


def _holds(docker: Docker, limit: int) -> bool:
    try:
        return "limited" in docker.run_container("--storage-opt", f"size={limit}", NAME, "sh", "-c", SCRIPT)
    except CommandFailed:
        # Most storage drivers refuse the option outright.
        return False
