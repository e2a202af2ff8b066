"""Prove that a container of uid 1000 can open /dev/net/tun; a Docker inside a sandbox needs it for its network."""

from tools.docker import Docker
from tools.shell import CommandFailed
from tools.steps.base_image import NAME
from tools.workspace import Workspace

DEVICE = "/dev/net/tun"
SCRIPT = f"exec 3<>{DEVICE} && echo open"


def run(workspace: Workspace) -> str:
    """Try it, and write MUELLE_ENGINE_TUN down: 1 where it can be opened.

    Tried each time, since it takes half a second and a reboot may change the answer.
    """
    opened = _opens(Docker(workspace))
    workspace.remember(MUELLE_ENGINE_TUN="1" if opened else "0")
    if opened:
        return f"{DEVICE} opens in a container"
    return (
        f"{DEVICE} does not open in a container: labs with a Docker of their own are off "
        f"(`modprobe tun` and `chmod 666 {DEVICE}` turn them on)"
    )


def _opens(docker: Docker) -> bool:
    try:
        said = docker.run_container(
            "--device", DEVICE, "--user", "1000:1000", "--cap-drop", "ALL", NAME, "sh", "-c", SCRIPT
        )
    except CommandFailed:
        # There is no such device, or it belongs to root alone.
        return False
    return "open" in said
