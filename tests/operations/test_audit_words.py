"""The words of the audit log follow the actions that the platform records."""

import ast
from pathlib import Path

from operations.audit_words import DEEDS

PLATFORM = Path(__file__).resolve().parents[2] / "platform"


def recorded(source: str) -> set[str]:
    """Return the names of actions that a module records."""
    calls = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)]
    records = [call for call in calls if isinstance(call.func, ast.Name) and call.func.id == "record"]
    named = [keyword.value for call in records for keyword in call.keywords if keyword.arg == "action"]
    return {value.value for value in named if isinstance(value, ast.Constant)}


def test_every_action_that_is_recorded_has_words():
    actions = set().union(*(recorded(path.read_text()) for path in PLATFORM.rglob("*.py")))

    assert actions == DEEDS.keys()
