"""From points to a grade."""

from decimal import Decimal

import pytest

from gradebook.policy import Grade, Handed, add_up, grade_of


@pytest.mark.parametrize(
    ("on_time", "at_all", "late_percent", "earned", "late"),
    [
        (2, 2, 50, "2", False),
        (0, 2, 50, "1.00", True),
        (0, 2, 0, "2.00", False),
        (0, 2, 100, "0", False),
        ("1.5", 2, 50, "1.5", False),  # what came in time is worth more than what came late
        ("0.5", 2, 50, "1.00", True),
        (0, 9, 0, "2.00", False),  # never more than there are
    ],
)
def test_being_late_takes_off_but_never_from_what_came_in_time(on_time, at_all, late_percent, earned, late):
    handed = Handed(on_time=Decimal(on_time), at_all=Decimal(at_all), tried=True)

    grade = grade_of(handed, points=2, late_percent=late_percent)

    assert (grade.earned, grade.late) == (Decimal(earned), late)


def test_what_is_decided_by_hand_counts_whatever_was_handed_in():
    grade = grade_of(Handed(), points=4, late_percent=50, override=Decimal(3))

    assert (grade.earned, grade.percent, grade.overridden, grade.passed) == (3, 75, True, False)


@pytest.mark.parametrize(("earned", "heat"), [(0, 1), (19, 1), (20, 2), (59, 3), (80, 5), (100, 5)])
def test_heat_has_five_steps(earned, heat):
    assert Grade(earned=Decimal(earned), points=100, tried=True).heat == heat
    assert Grade(earned=Decimal(earned), points=100).heat == 0


def test_nothing_adds_up_to_nothing():
    assert add_up([]) == Grade()
