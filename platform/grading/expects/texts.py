"""Words for learners: the same sentence in every language, and what a sandbox said made harmless and short."""

from __future__ import annotations

import re
from collections.abc import Mapping

from django.conf import settings
from django.utils.translation import gettext, override

Texts = dict[str, str]
"""By language code; plain text in which `backticks` mark what is code."""

MAX_SHOWN = 300  # characters; enough to recognise a file by, short enough for a phone
MAX_SHOWN_LINES = 8
MAX_CLEANED = 65_536  # characters that are looked at; nothing longer is ever shown

# What a terminal would act upon instead of showing it: CSI, then OSC and its like up to their end, then any other pair.
_ESCAPES = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]|\x1b[\]PX^_][^\x07\x1b]{0,4096}(?:\x07|\x1b\\)?|\x1b[ -~]?")
# Control characters except tab and line feed, surrogates, and what changes the direction of the text around it or is
# not seen.
_UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]")


def say(message: str, **parts: Texts | str | int) -> Texts:
    """Return a marked sentence in every language of the site.

    A part that is itself Texts is put in language by language.
    """
    said = {}
    for language, _name in settings.LANGUAGES:
        with override(language):
            chosen = {name: part[language] if isinstance(part, dict) else part for name, part in parts.items()}
            said[language] = gettext(message) % chosen if chosen else gettext(message)
    return said


def join(pieces: list[Texts], separator: str = "\n") -> Texts:
    """Return several sentences as one text in each language; nothing where there is none."""
    if not pieces:
        return {}
    return {language: separator.join(piece[language] for piece in pieces) for language, _name in settings.LANGUAGES}


def in_each_language(texts: Mapping[str, str]) -> Texts:
    """Return an author's texts with every language of the site filled in from those that were written, if any were."""
    if not texts:
        return {}
    fallback = next(iter(texts.values()))
    return {language: texts.get(language, fallback) for language, _name in settings.LANGUAGES}


def decode(raw: bytes) -> str:
    """Return bytes as text that every database can keep, whatever they are."""
    return raw.decode("utf-8", "replace").replace("\0", "\N{REPLACEMENT CHARACTER}")


def clean(raw: bytes | str) -> str:
    """Return what a sandbox said as text that can be shown anywhere: no escape sequences, no invisible characters."""
    text = raw[: MAX_CLEANED * 4].decode("utf-8", "replace") if isinstance(raw, bytes) else raw
    text = text[:MAX_CLEANED].replace("\r\n", "\n")
    return _UNSEEN.sub("\N{REPLACEMENT CHARACTER}", _ESCAPES.sub("", text))


def shorten(raw: bytes | str) -> str:
    """Return the cleaned beginning of what a sandbox said, with an ellipsis where there is more."""
    text = clean(raw).strip("\n")
    lines = text.split("\n")
    kept = "\n".join(lines[:MAX_SHOWN_LINES])
    if len(kept) > MAX_SHOWN:
        return kept[:MAX_SHOWN].rstrip() + "…"
    return kept + "…" if len(lines) > MAX_SHOWN_LINES else kept


def code(raw: object) -> str:
    """Return a value as one piece of code between backticks. What it holds cannot end the piece."""
    text = shorten(raw if isinstance(raw, bytes | str) else str(raw)).replace("`", "ˋ")
    return f"`{text.replace(chr(10), ' ⏎ ')}`" if text else "``"
