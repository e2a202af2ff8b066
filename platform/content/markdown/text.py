"""Plain text from Markdown, and anchors from plain text."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Sequence

from markdown_it.token import Token

# Anchors of a lesson start with this, so that none can be the id of something else on the page.
ANCHOR_PREFIX = "sec-"


def plain(tokens: Sequence[Token] | None) -> str:
    """What inline tokens say, without markup."""
    parts = []
    for token in tokens or ():
        if token.type in ("text", "code_inline"):
            parts.append(token.content)
        elif token.type in ("softbreak", "hardbreak"):
            parts.append(" ")
        elif token.type == "image":
            parts.append(plain(token.children))
    return "".join(parts)


def anchor(text: str, taken: Collection[str]) -> str:
    """An anchor for a heading: its letters without accents, hyphens between words, a number where it is taken."""
    letters = unicodedata.normalize("NFKD", text.lower()).encode("ascii", "ignore").decode()
    base = ANCHOR_PREFIX + (re.sub(r"[^a-z0-9]+", "-", letters).strip("-")[:60] or "x")
    number = 1
    while (candidate := base if number == 1 else f"{base}-{number}") in taken:
        number += 1
    return candidate
