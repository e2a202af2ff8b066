"""What an inner engine remembers of what it did, as plain facts."""

from __future__ import annotations

from typing import Any

from grading.expects.inside.engine import InnerEngine
from grading.expects.inside.fields import number, text, texts

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
    # An image's name in the attributes may be without its tag; of anything else the name says it all.
    names = [attributes.get("name", ""), subject] if kind == "image" else [attributes.get("name") or subject]
    return {
        "type": kind,
        "action": action,
        "command": detail.strip() or None,
        "name": [name for name in names if name],
        "image": attributes.get("image") if kind == "container" else None,
        "exit_code": attributes.get("exitCode"),
        "signal": attributes.get("signal"),
        "at": number(event, "time"),
    }
