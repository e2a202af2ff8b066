"""What only this clone knows: its instance id and its secret key. Drawn once, kept for ever."""

import os
import secrets

from tools.envfile import write_private
from tools.workspace import Workspace

INSTANCE_BYTES = 4
# Django asks for at least 50 characters; 64 bytes are beyond any guessing.
KEY_BYTES = 64


def run(workspace: Workspace) -> str:
    """Draw what is missing, and make the directory of the sockets."""
    workspace.state.mkdir(mode=0o700, parents=True, exist_ok=True)
    drawn = [
        _draw(workspace, "instance", secrets.token_hex(INSTANCE_BYTES)),
        _draw(workspace, "secret_key", secrets.token_urlsafe(KEY_BYTES)),
    ]
    if os.geteuid() != 0:
        workspace.remember(MUELLE_RUN_DIR=str(workspace.run_dir))
    workspace.run_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    workspace.run_dir.chmod(0o700)
    return f"instance {workspace.instance}" + (" (new)" if any(drawn) else "")


def _draw(workspace: Workspace, name: str, value: str) -> bool:
    path = workspace.state / name
    if path.is_file() and path.read_text(encoding="utf-8").strip():
        return False
    write_private(path, f"{value}\n")
    return True
