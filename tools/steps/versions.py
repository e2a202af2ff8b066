"""Say which known flaws the engine's runc and the kernel may have, and what to do about it."""

import os
from typing import Any

from tools.engine.client import information
from tools.engine.versions import warnings
from tools.workspace import Workspace


def run(workspace: Workspace) -> str:
    """Only say it: a package may have mended more than its number tells, and labs are confined in other ways too."""
    try:
        found: dict[str, Any] = information(workspace.setting("MUELLE_ENGINE_URL"))
    except OSError as error:
        return f"could not ask the engine: {error}"
    runc = str((found.get("RuncCommit") or {}).get("ID", ""))
    said = list(warnings(runc, str(found.get("KernelVersion") or os.uname().release)))
    return "no known flaws" if not said else f"{'; '.join(said)}. Keep both up to date"
