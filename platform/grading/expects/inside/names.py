"""Whether something is there by its name, and what is there instead."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext_noop as _

from grading.expects.base import Arguments, Aspect, Evidence
from grading.expects.texts import Texts, code, say

MAX_NAMES = 5  # of other things that a sentence names

There = tuple[str, str]
"""The sentences "there is a thing %(name)s" and "there is none"."""


def presence(there: There, arguments: Arguments, evidence: Evidence, is_there: bool) -> Aspect:
    """Return whether it is there, as it should be."""
    yes = say(there[0], name=code(arguments["name"]))
    return Aspect(holds=is_there, expected=yes, found=yes if is_there else missing(there, arguments, evidence["names"]))


def absence(there: There, arguments: Arguments, evidence: Evidence, is_there: bool) -> Aspect:
    """Return whether it is not there, as it should be."""
    yes, no = (say(sentence, name=code(arguments["name"])) for sentence in there)
    return Aspect(holds=not is_there, expected=no, found=yes if is_there else no)


def missing(there: There, arguments: Arguments, names: Sequence[str]) -> Texts:
    """Say that it is not there, and what is."""
    found = say(there[1], name=code(arguments["name"]))
    if not names:
        return say(_("%(found)s; there is nothing of the kind"), found=found)
    shown = ", ".join(code(name) for name in names[:MAX_NAMES]) + (", …" if len(names) > MAX_NAMES else "")
    return say(_("%(found)s; there is %(names)s"), found=found, names=shown)
