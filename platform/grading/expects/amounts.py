"""Sizes in bytes, written as people write them: `64 MiB`, or `180 MB` as `docker images` does."""

from __future__ import annotations

import re
from typing import Any

from django.utils.translation import gettext_noop as _

from grading.expects.aspects import found_to_be
from grading.expects.base import Aspect
from grading.expects.operators import describe, is_met
from grading.expects.texts import Texts, say

_UNITS = {"B": 1, "kB": 10**3, "MB": 10**6, "GB": 10**9, "KiB": 2**10, "MiB": 2**20, "GiB": 2**30}
_AMOUNT = re.compile(rf"(\d{{1,9}}(?:\.\d{{1,3}})?) ?({'|'.join(_UNITS)})")


def compare_amount(subject: Texts, condition: Any, observed: int | None) -> Aspect:
    """Hold a size in bytes against a condition whose sizes may have units."""
    found = found_to_be(subject, None if observed is None else say_amount(observed))
    expected = say(_("%(subject)s %(condition)s"), subject=subject, condition=describe(condition))
    return Aspect(holds=is_met(in_bytes(condition), observed), expected=expected, found=found)


def in_bytes(condition: Any) -> Any:
    """Return a condition with every size as a number of bytes."""
    if isinstance(condition, dict):
        return {name: in_bytes(wanted) for name, wanted in condition.items()}
    if isinstance(condition, list):
        return [in_bytes(item) for item in condition]
    found = _AMOUNT.fullmatch(condition) if isinstance(condition, str) else None
    return float(found[1]) * _UNITS[found[2]] if found else condition


def say_amount(size: int) -> str:
    """Return a size as `docker images` shows it."""
    for unit in ("GB", "MB", "kB"):
        if size >= _UNITS[unit]:
            return f"{size / _UNITS[unit]:.1f} {unit}"
    return f"{size} B"
