"""From points to a grade: what counts when something came late, or when somebody decided by hand. Plain values."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

CENT = Decimal("0.01")


@dataclass(frozen=True, kw_only=True)
class Grade:
    """What one learner has for an exercise or a lesson."""

    earned: Decimal = Decimal(0)
    points: int = 0
    tried: bool = False
    passed: bool = False
    late: bool = False
    """Whether something was taken off because it came late."""
    overridden: bool = False
    """Whether somebody decided it, or a part of it, by hand."""

    @property
    def percent(self) -> int:
        """Of the points, rounded down, so that 100 means all."""
        return min(100, int(100 * self.earned / self.points)) if self.points else 0

    @property
    def heat(self) -> int:
        """0 for nothing tried, 1 to 5 for fifths of the points: the step of the heat map."""
        if not self.tried:
            return 0
        return min(5, 1 + self.percent // 20 - (self.percent == 100))


@dataclass(frozen=True, kw_only=True)
class Handed:
    """The best that somebody handed in for one exercise: before its due date, and at all."""

    on_time: Decimal = Decimal(0)
    at_all: Decimal = Decimal(0)
    passed: bool = False
    tried: bool = False


def grade_of(handed: Handed, *, points: int, late_percent: int, override: Decimal | None = None) -> Grade:
    """Return the grade of one exercise. Being late never costs what was earned in time."""
    if override is not None:
        return Grade(earned=override, points=points, tried=True, passed=override >= points, overridden=True)
    whole = Decimal(points)
    on_time, at_all = min(handed.on_time, whole), min(handed.at_all, whole)
    reduced = (at_all * (100 - late_percent) / 100).quantize(CENT)
    return Grade(
        earned=max(on_time, reduced),
        points=points,
        tried=handed.tried,
        passed=handed.passed,
        late=reduced > on_time and late_percent > 0,
    )


def add_up(grades: Iterable[Grade]) -> Grade:
    """Return the grades of several exercises as one."""
    parts = list(grades)
    return Grade(
        earned=sum((part.earned for part in parts), Decimal(0)),
        points=sum(part.points for part in parts),
        tried=any(part.tried for part in parts),
        passed=bool(parts) and all(part.passed for part in parts),
        late=any(part.late for part in parts),
        overridden=any(part.overridden for part in parts),
    )
