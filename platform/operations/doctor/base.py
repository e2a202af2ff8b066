"""One line of a health report. Its sentences are in `texts`, by the key; figures are the same in every language."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any, Self


class State(StrEnum):
    GOOD = "good"  # as it should be
    WARN = "warn"  # something is off, or less safe than it could be
    BAD = "bad"  # somebody is harmed by it, or will be


@dataclass(frozen=True)
class Finding:
    """What was found of one thing."""

    key: str
    state: State
    found: str = ""
    """Names and figures, not sentences."""

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, document: dict[str, Any]) -> Self:
        """The inverse of `to_json`. Raises KeyError, ValueError."""
        return cls(key=document["key"], state=State(document["state"]), found=document["found"])


def worst(findings: Iterable[Finding]) -> State:
    """Return the worst state of all."""
    order = list(State)
    return max((finding.state for finding in findings), key=order.index, default=State.GOOD)


def good_if(condition: bool, *, otherwise: State = State.BAD) -> State:
    """Return GOOD where a condition holds."""
    return State.GOOD if condition else otherwise
