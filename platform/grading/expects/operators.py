"""The operators that conditions are written with, everywhere the same: what they mean and how they are said.

A condition is a plain value, which stands for `equals`, or a mapping of operators that must all hold.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Callable, Mapping
from typing import Any

import regex
from django.utils.translation import gettext_noop as _

from grading.expects.errors import CouldNotLook
from grading.expects.texts import Texts, code, say

PATTERN_TIMEOUT = 0.25  # seconds; a pattern that is fine needs milliseconds, one that backtracks without end never ends
MAX_MATCHED = 65_536  # characters that a pattern is held against
LARGEST = 1e300  # beyond, and for what is not a number at all, comparing means nothing

_NUMBER = re.compile(r"[+-]?\d{1,30}(?:[.,]\d{1,30})?")


def is_met(condition: Any, observed: Any, *, fold: bool = False) -> bool:
    """Return whether `observed` is as the condition says; None means that there is nothing to observe.

    With `fold`, capital and small letters are the same. Raises CouldNotLook where a pattern takes too long.
    """
    operators = _operators(condition)
    if operators.get("absent"):
        return observed is None
    if observed is None:
        return False
    return all(_MEANINGS[name](wanted, observed, fold) for name, wanted in operators.items() if name != "absent")


def describe(condition: Any) -> Texts:
    """Return the condition as the rest of a sentence that begins with its subject: "contains `nginx` and ..."."""
    pieces = [_PHRASES[name](wanted) for name, wanted in _operators(condition).items()]
    phrase = pieces[0]
    for piece in pieces[1:]:
        phrase = say(_("%(first)s and %(second)s"), first=phrase, second=piece)
    return phrase


def as_number(value: Any) -> float | None:
    """Return a number, or a text that is one (with a point or a comma); None for anything else."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        return float(value) if abs(value) <= LARGEST else None
    if isinstance(value, str) and _NUMBER.fullmatch(value.strip()):
        return float(value.strip().replace(",", "."))
    return None


def as_text(value: Any) -> str:
    """Return a value as one would write it; lists and mappings as JSON."""
    if isinstance(value, str):
        return value
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    try:
        return json.dumps(value, ensure_ascii=False)
    except RecursionError:  # parsed from what a learner wrote, nested as deep as the parser just allowed
        return "…"


def _operators(condition: Any) -> Mapping[str, Any]:
    return condition if isinstance(condition, Mapping) else {"equals": condition}


def _equals(wanted: Any, observed: Any, fold: bool) -> bool:
    if isinstance(wanted, int | float) and not isinstance(wanted, bool):
        return as_number(observed) == float(wanted)
    return _folded(as_text(wanted).strip(), fold) == _folded(as_text(observed).strip(), fold)


def _contains(wanted: Any, observed: Any, fold: bool) -> bool:
    pieces = wanted if isinstance(wanted, list) else [wanted]
    if isinstance(observed, list):
        return all(any(_equals(piece, item, fold) for item in observed) for piece in pieces)
    text = _folded(as_text(observed), fold)
    return all(_folded(as_text(piece), fold) in text for piece in pieces)


def _matches(pattern: str, observed: Any, fold: bool) -> bool:
    flags = regex.MULTILINE | (regex.IGNORECASE if fold else 0)
    try:
        found = regex.search(pattern, as_text(observed)[:MAX_MATCHED], flags=flags, timeout=PATTERN_TIMEOUT)
    except TimeoutError:
        raise CouldNotLook(_("The check's pattern takes too long on what was found."), f"pattern {pattern!r}") from None
    except regex.error as error:
        raise CouldNotLook(
            _("The check itself is wrong. Tell your teacher."), f"pattern {pattern!r}: {error}"
        ) from error
    return found is not None


def _at_least(wanted: float, observed: Any, fold: bool) -> bool:
    number = as_number(observed)
    return number is not None and number >= wanted


def _at_most(wanted: float, observed: Any, fold: bool) -> bool:
    number = as_number(observed)
    return number is not None and number <= wanted


def _one_of(wanted: list[Any], observed: Any, fold: bool) -> bool:
    return any(_equals(item, observed, fold) for item in wanted)


def _folded(text: str, fold: bool) -> str:
    composed = unicodedata.normalize("NFC", text)  # some keyboards send an accent apart from its letter
    return composed.casefold() if fold else composed


def _say_contains(wanted: Any) -> Texts:
    pieces = wanted if isinstance(wanted, list) else [wanted]
    return say(_("contains %(values)s"), values=", ".join(code(as_text(piece)) for piece in pieces))


_MEANINGS: dict[str, Callable[[Any, Any, bool], bool]] = {
    "equals": _equals,
    "contains": _contains,
    "matches": _matches,
    "min": _at_least,
    "max": _at_most,
    "one_of": _one_of,
}

_PHRASES: dict[str, Callable[[Any], Texts]] = {
    "equals": lambda wanted: say(_("is %(value)s"), value=code(as_text(wanted))),
    "contains": _say_contains,
    "matches": lambda wanted: say(_("matches the pattern %(value)s"), value=code(wanted)),
    "min": lambda wanted: say(_("is at least %(value)s"), value=as_text(wanted)),
    "max": lambda wanted: say(_("is at most %(value)s"), value=as_text(wanted)),
    "absent": lambda wanted: say(_("is not there")),
    "one_of": lambda wanted: say(_("is one of %(values)s"), values=", ".join(code(as_text(item)) for item in wanted)),
}

OPERATORS = tuple(_PHRASES)
"""Their names, for telling them from a kind's other arguments."""
