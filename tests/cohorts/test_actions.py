"""What people do with cohorts, and who may."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from factories import CohortFactory, CourseFactory, EnrolmentFactory

from audit.actions import NotPossible
from audit.models import Entry
from cohorts import actions
from cohorts.models import Cohort, Enrolment, LessonRule, Role

pytestmark = pytest.mark.django_db


@pytest.fixture
def cohort(ivy) -> Cohort:
    """A class that Ivy runs."""
    return actions.create_cohort(by=ivy, name="Mañanas", courses=[CourseFactory()])


def test_who_creates_a_cohort_runs_it(cohort, ivy):
    assert [(each.user, each.role) for each in cohort.enrolments.all()] == [(ivy, Role.INSTRUCTOR)]
    assert cohort.courses.count() == 1
    assert Entry.objects.get().action == "create_cohort"


def test_learners_create_none(alice):
    with pytest.raises(PermissionDenied):
        actions.create_cohort(by=alice, name="Mine")

    assert not Cohort.objects.exists()


def test_days_in_the_wrong_order_are_refused(ivy):
    with pytest.raises(ValidationError):
        actions.create_cohort(by=ivy, name="Odd", starts_on=date(2027, 2, 1), ends_on=date(2027, 1, 1))

    with pytest.raises(IntegrityError), transaction.atomic():
        CohortFactory(starts_on=date(2027, 2, 1), ends_on=date(2027, 1, 1))


def test_only_its_instructors_change_it(cohort, ivy, alice, root):
    stranger = EnrolmentFactory(role=Role.INSTRUCTOR).user
    assistant = EnrolmentFactory(cohort=cohort, role=Role.ASSISTANT).user

    for person in (alice, stranger, assistant):
        with pytest.raises(PermissionDenied):
            actions.change_cohort(by=person, cohort=cohort, name="Taken")
    actions.change_cohort(by=root, cohort=cohort, name="Tardes", late_percent=20)

    cohort.refresh_from_db()
    assert (cohort.name, cohort.late_percent) == ("Tardes", 20)


def test_enrolling_twice_is_once_and_keeps_the_role(cohort, ivy, alice):
    first = actions.enrol(by=ivy, cohort=cohort, user=alice)
    second = actions.enrol(by=ivy, cohort=cohort, user=alice, role=Role.INSTRUCTOR)

    assert first == second
    assert second.role == Role.LEARNER


def test_a_code_lets_in_until_it_ends(cohort, ivy, alice, bob):
    with pytest.raises(NotPossible):
        actions.join_cohort(by=alice, code=cohort.join_code)

    actions.change_cohort(by=ivy, cohort=cohort, join_until=timezone.now() + timedelta(hours=1))
    actions.join_cohort(by=alice, code=cohort.join_code)
    actions.archive_cohort(by=ivy, cohort=cohort)

    with pytest.raises(NotPossible):
        actions.join_cohort(by=bob, code=cohort.join_code)
    assert [each.user for each in cohort.enrolments.learners()] == [alice]


def test_a_cohort_keeps_an_instructor(cohort, ivy):
    mine = cohort.enrolments.get(user=ivy)

    with pytest.raises(NotPossible):
        actions.set_role(by=ivy, enrolment=mine, role=Role.LEARNER)
    with pytest.raises(NotPossible):
        actions.remove_from_cohort(by=ivy, enrolment=mine)


def test_moving_needs_rights_in_both(cohort, ivy, alice):
    enrolment = actions.enrol(by=ivy, cohort=cohort, user=alice)
    foreign = CohortFactory()

    with pytest.raises(PermissionDenied):
        actions.move_learner(by=ivy, enrolment=enrolment, to=foreign)
    other = actions.create_cohort(by=ivy, name="Tardes")
    actions.move_learner(by=ivy, enrolment=enrolment, to=other)

    assert Enrolment.objects.get(user=alice).cohort == other


def test_a_rule_is_changed_in_place(cohort, ivy):
    now = timezone.now()

    actions.set_lesson_rule(by=ivy, cohort=cohort, lesson_key="a/b/c", rule={"opens_at": now})
    actions.set_lesson_rule(by=ivy, cohort=cohort, lesson_key="a/b/c", rule={"door": LessonRule.Door.SHUT})

    rule = LessonRule.objects.get()
    assert (rule.door, rule.opens_at) == ("shut", now)
    assert not rule.is_open(now)


def test_who_learns_with_others_comes_by_themselves(cohort, ivy, alice, root):
    """Or any instructor could draw a PIN for anybody's learner."""
    EnrolmentFactory(user=alice)

    with pytest.raises(PermissionDenied):
        actions.enrol(by=ivy, cohort=cohort, user=alice)
    actions.change_cohort(by=ivy, cohort=cohort, join_until=timezone.now() + timedelta(hours=1))
    actions.join_cohort(by=alice, code=cohort.join_code)

    other = actions.create_cohort(by=ivy, name="Tardes")
    assert actions.enrol(by=ivy, cohort=other, user=alice)  # by now she is one of Ivy's
