"""Moments as an engine writes them."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from grading.expects.errors import CouldNotLook
from grading.expects.inside.engine import NOT_AN_ENGINE

# Nanoseconds are cut to microseconds, which is all that Python's clock has.
_MOMENT = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(\.\d{1,6})?\d{0,3}(Z|[+-]\d\d:\d\d)")


def moment(written: str) -> float:
    """Return Unix time of `2026-11-22T19:42:37.123456789Z`; 0 for none. Raises CouldNotLook for anything else."""
    if not written:
        return 0.0
    found = _MOMENT.fullmatch(written)
    try:
        if found is None:
            raise ValueError(written)
        zone = "+00:00" if found[3] == "Z" else found[3]
        parsed = datetime.fromisoformat(f"{found[1]}{found[2] or ''}{zone}")
        return 0.0 if parsed.year < 1971 else parsed.astimezone(UTC).timestamp()
    except (ValueError, OverflowError) as error:
        raise CouldNotLook(NOT_AN_ENGINE, f"no moment: {written[:40]!r}") from error
