"""The mirror: a registry, packages and names for labs with an engine of their own, on this machine."""

import os

from tools.mirror import container, places
from tools.workspace import Workspace


def is_needed(workspace: Workspace) -> bool:
    """Whether labs with an engine of their own can run here at all: they need disk limits, and root their network."""
    return workspace.setting("MUELLE_ENGINE_QUOTA") == "1" and os.geteuid() == 0


def run(workspace: Workspace) -> str:
    """Have it answer, and write down where."""
    if not is_needed(workspace):
        workspace.remember(MUELLE_MIRROR="")
        return "not needed: labs with an engine of their own are off here"
    made = container.ensure(workspace)
    workspace.remember(MUELLE_MIRROR=places.ADDRESS)
    return f"{'started' if made else 'answers'} at {places.ADDRESS}"
