"""Points by hand."""

from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from factories import EnrolmentFactory

from audit.actions import NotPossible
from audit.models import Entry
from cohorts.models import Role
from gradebook.actions import override_grade, withdraw_override
from gradebook.models import GradeOverride


def give(by, cohort, learner, exercise, points="1", reason="Oral exam"):
    return override_grade(
        by=by, cohort=cohort, learner=learner, exercise=exercise, points=Decimal(points), reason=reason
    )


def test_a_second_one_takes_the_place_of_the_first(cohort, exercises, alice, ivy):
    give(ivy, cohort, alice, exercises[0])
    give(ivy, cohort, alice, exercises[0], "2")

    assert [row.points for row in GradeOverride.objects.in_force()] == [2]
    assert Entry.objects.filter(action="override_grade").count() == 2


def test_withdrawing_is_once(cohort, exercises, alice, ivy):
    override = give(ivy, cohort, alice, exercises[0])

    assert withdraw_override(by=ivy, override=override)
    assert not withdraw_override(by=ivy, override=override)
    assert not GradeOverride.objects.in_force().exists()


@pytest.mark.parametrize(("points", "reason"), [("-1", "x"), ("2.01", "x"), ("1", "  ")])
def test_what_makes_no_sense_is_refused(cohort, exercises, alice, ivy, points, reason):
    with pytest.raises(NotPossible):
        give(ivy, cohort, alice, exercises[0], points, reason)


def test_only_instructors_of_the_class_give_points(cohort, exercises, alice, bob):
    assistant = EnrolmentFactory(cohort=cohort, role=Role.ASSISTANT).user
    foreign = EnrolmentFactory(role=Role.INSTRUCTOR).user

    for person in (bob, assistant, foreign):
        with pytest.raises(PermissionDenied):
            give(person, cohort, alice, exercises[0])


def test_only_learners_of_the_class_get_points(cohort, exercises, ivy):
    with pytest.raises(NotPossible):
        give(ivy, cohort, EnrolmentFactory().user, exercises[0])


@pytest.mark.parametrize("changes", [{"points": -1}, {"reason": ""}])
def test_the_database_refuses_it_too(cohort, exercises, alice, changes):
    values = {"cohort": cohort, "learner": alice, "exercise_key": "a/b/c/d", "points": 1, "reason": "x", **changes}

    with pytest.raises(IntegrityError), transaction.atomic():
        GradeOverride.objects.create(**values)
