"""Where links may lead: to the web, to a heading, to another lesson of the course."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import SplitResult, unquote, urlsplit

from content.markdown.context import Context, LinkUse
from content.markdown.text import ANCHOR_PREFIX

# `01-que-es-un-contenedor`: the number says the place, the rest is the name that stays.
NUMBERED = re.compile(r"(?P<number>\d{2})-(?P<slug>[a-z0-9]+(-[a-z0-9]+)*)")

_MEND = "Write an address with `https://`, a heading `#its-name`, or the folder of a lesson: `../02-name/`."


def resolve(address: str, context: Context) -> str:
    """The address as the page needs it; empty, and a problem noted, where a link cannot lead there."""
    parts = _split(address)
    if parts is None or any(ord(letter) < 33 for letter in unquote(address)):
        context.problem("link", "The address of this link cannot be read.", _MEND)
        return ""
    if parts.scheme in ("http", "https") and parts.hostname:
        return address
    if parts.scheme == "mailto" and "@" in parts.path:
        return address
    if parts.scheme or parts.netloc or parts.query or parts.path.startswith("/"):
        context.problem("link", f"A link cannot lead to `{address[:60]}`.", _MEND)
        return ""
    return _inside(unquote(parts.path), unquote(parts.fragment), context)


def _split(address: str) -> SplitResult | None:
    try:
        return urlsplit(address)
    except ValueError:  # brackets that are no address
        return None


def _inside(path: str, fragment: str, context: Context) -> str:
    folder = _lesson_folder(path, context) if path else None
    if path and folder is None:
        context.problem("link", f"There is no lesson at `{path[:60]}`.", _MEND)
        return ""
    anchor = ANCHOR_PREFIX + fragment.removeprefix(ANCHOR_PREFIX) if fragment else ""
    if anchor:
        context.links.append(LinkUse(context.line, folder, anchor))
    target = f"../../{_slug(folder.parent)}/{_slug(folder)}/" if folder else ""
    return f"{target}#{anchor}" if anchor else target


def _lesson_folder(path: str, context: Context) -> Path | None:
    """The folder that a relative path means, if it is one of a lesson of this course; a file in it means the folder."""
    folder = (context.folder / path).resolve()
    if folder.suffix == ".md":
        folder = folder.parent
    inside = folder.is_relative_to(context.chapters.resolve()) and folder.is_dir()
    numbered = NUMBERED.fullmatch(folder.name) and NUMBERED.fullmatch(folder.parent.name)
    return folder if inside and numbered and folder.parent.parent == context.chapters.resolve() else None


def _slug(folder: Path) -> str:
    found = NUMBERED.fullmatch(folder.name)
    return found["slug"] if found else ""
