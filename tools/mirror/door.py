"""The folder of the socket at which the host opens namespaces: who may speak to the engine may enter, nobody else."""

import os
from pathlib import Path
from urllib.parse import urlsplit

from tools.mirror import places
from tools.workspace import Workspace

# The mirror makes its socket here, the group passes through to it, others do not.
MODE = 0o710


def ensure_door(workspace: Workspace) -> None:
    """Have the folder. Idempotent; a restart of the machine takes it away. Needs root. Raises OSError."""
    places.DOOR.mkdir(mode=MODE, parents=True, exist_ok=True)
    # The engine makes the folder itself, for everybody, when it starts the mirror before we come.
    os.chown(places.DOOR, places.USER, _group(workspace.setting("MUELLE_ENGINE_URL")))
    places.DOOR.chmod(MODE)


def _group(engine: str) -> int:
    parts = urlsplit(engine)
    socket = Path(parts.path)
    return socket.stat().st_gid if parts.scheme == "unix" and socket.exists() else 0
