"""Containers: lines of colons around a note, a task, a question."""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence
from dataclasses import dataclass

from markdown_it.token import Token

from content.markdown.context import Context

CALLOUTS = {
    "es": {"note": "Nota", "tip": "Consejo", "warning": "Atención"},
    "en": {"note": "Note", "tip": "Tip", "warning": "Warning"},
}
ANYWHERE = frozenset({"note", "tip", "warning", "details"})
ON_TOP = frozenset({"task", "quiz"})
IN_TASKS = frozenset({"hint", "solution"})

ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
MAX_ID = 60

OPEN = "container_box_open"
CLOSE = "container_box_close"


@dataclass(frozen=True)
class Box:
    """The first line of a container."""

    name: str
    rest: str
    """What follows the name: an id and a title."""

    @property
    def slug(self) -> str:
        return self.rest.split(" ", 1)[0]

    @property
    def title(self) -> str:
        return self.rest.partition(" ")[2].strip()


def read_box(token: Token) -> Box:
    name, _, rest = token.info.strip().partition(" ")
    return Box(name, rest.strip())


def look_at(tokens: Sequence[Token], source: Sequence[str], context: Context) -> None:
    """Note every container that is unknown, misplaced or never closed, and colons that are none."""
    around: list[str] = []
    for token in tokens:
        context.at(token.map)
        if token.type == OPEN:
            box = read_box(token)
            _look_at_box(box, around, token.level, context)
            _look_for_end(token, box, source, context)
            around.append(box.name)
        elif token.type == CLOSE:
            around.pop()
        elif token.type == "inline" and any(line.lstrip().startswith(":::") for line in token.content.split("\n")):
            context.problem(
                "container", "Colons in the middle of a paragraph mean nothing.", "Put an empty line before them."
            )


def _look_at_box(box: Box, around: list[str], level: int, context: Context) -> None:
    if not box.name:
        mend = "Delete it, or give the container around it more colons than those inside."
        context.problem("container", f"`{':' * 3}` closes nothing here.", mend)
    elif box.name in ON_TOP and level:
        context.problem(
            "container", f"`{box.name}` stands inside something else.", "Move it out: it is part of the lesson itself."
        )
    elif box.name in IN_TASKS and around != ["task"]:
        mend = "Move it into a `::::task`, directly, with more colons around the task."
        context.problem("container", f"`{box.name}` stands outside a task.", mend)
    elif box.name not in ANYWHERE | ON_TOP | IN_TASKS:
        known = sorted(ANYWHERE | ON_TOP | IN_TASKS)
        close = difflib.get_close_matches(box.name, known, n=1)
        hint = f"Did you mean `{close[0]}`? " if close else ""
        mend = f"{hint}Possible: {', '.join(f'`{name}`' for name in known)}."
        context.problem("container", f"There is no container `{box.name[:40]}`.", mend)


def _look_for_end(token: Token, box: Box, source: Sequence[str], context: Context) -> None:
    end = token.map[1] if token.map else 0
    closing = source[end].lstrip(" >").rstrip() if end < len(source) else ""
    if box.name and closing != token.markup and not closing.startswith(token.markup):
        context.problem(
            "container", f"`{box.name[:40]}` is never closed.", f"Write `{token.markup}` below its last line."
        )


def read_id(box: Box, context: Context) -> str:
    """The id of a task or question; empty, and a problem noted, where it has none."""
    if ID.fullmatch(box.slug) and len(box.slug) <= MAX_ID:
        return box.slug
    said = f"`{box.slug[:40]}` cannot be an id." if box.slug else f"This {box.name} has no id."
    mend = f"Write lower-case letters without accents, digits and hyphens: `:::{box.name} ver-procesos`."
    context.problem(box.name, said, mend)
    return ""
