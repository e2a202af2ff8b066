"""What an inner engine remembers of what it did, as plain facts."""

from __future__ import annotations

from typing import Any

from grading.expects.inside.engine import InnerEngine
from grading.expects.inside.fields import number, text, texts
from grading.expects.inside.references import all_spellings

Facts = dict[str, Any]

REMEMBERED = 256  # events that an engine keeps; then each new one takes the place of the oldest


def happened(engine: InnerEngine, since: float) -> list[Facts]:
    """Return every event since a moment (Unix time), oldest first. Raises CouldNotLook."""
    return [_facts(event) for event in engine.events(since)]


def _facts(event: Any) -> Facts:
    kind, subject = text(event, "Type"), text(event, "Actor", "ID")
    attributes = texts(event, "Actor", "Attributes")
    # What runs in a container is said behind a colon: `exec_start: /bin/sh -c date`, `health_status: healthy`.
    action, _colon, detail = text(event, "Action").partition(":")
    names = [attributes.get("name", ""), subject]
    return {
        "type": kind,
        "action": action,
        "command": detail.strip() or None,
        "name": all_spellings(filter(None, names)) if kind == "image" else [name for name in names if name],
        "image": all_spellings([attributes["image"]]) if attributes.get("image") and kind == "container" else None,
        "exit_code": attributes.get("exitCode"),
        "signal": attributes.get("signal"),
        "at": number(event, "time"),
    }
