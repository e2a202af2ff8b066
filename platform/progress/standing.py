"""How far somebody is with something that gives points, and how such things add up. Plain values."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal


@dataclass(frozen=True, kw_only=True)
class Standing:
    """What one learner has of an exercise, a lesson, a chapter or a course."""

    earned: Decimal = Decimal(0)
    points: int = 0
    passed: bool = False
    """Of several exercises: all of them. What nobody is asked anything in never counts as passed."""
    exercises_passed: int = 0
    exercises: int = 0
    last_at: datetime | None = None
    """When something of it was last handed in or found to be done."""

    @property
    def state(self) -> str:
        """`passed`, `partial` or `open`."""
        if self.passed:
            return "passed"
        return "partial" if self.earned else "open"

    @property
    def percent(self) -> int:
        """Of the points, rounded down, so that 100 means all."""
        return int(100 * self.earned / self.points) if self.points else 0


def add_up(standings: Iterable[Standing]) -> Standing:
    """Return several standings as one."""
    parts = list(standings)
    exercises = sum(part.exercises for part in parts)
    passed = sum(part.exercises_passed for part in parts)
    return Standing(
        earned=sum((part.earned for part in parts), Decimal(0)),
        points=sum(part.points for part in parts),
        passed=exercises > 0 and passed == exercises,
        exercises_passed=passed,
        exercises=exercises,
        last_at=max((part.last_at for part in parts if part.last_at is not None), default=None),
    )
