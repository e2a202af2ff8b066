"""What cohorts allow: how many labs, of which kind, for how long, and in which lessons."""

from datetime import datetime, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone, translation
from factories import CohortFactory, EnrolmentFactory, LabFactory, SandboxFactory, lab_document

from audit.actions import NotPossible
from cohorts.models import LessonRule, Role
from cohorts.permissions import LessonShut
from lab_sessions.actions import (
    end_lab_session,
    extend_lab_session,
    reset_lab_session,
    start_lab_session,
)
from lab_sessions.models import LabSession
from lab_sessions.quotas import time_left

NOON = timezone.make_aware(datetime(2026, 3, 10, 12, 0))


@pytest.fixture
def cohort(alice, lab):
    cohort = CohortFactory()
    cohort.courses.set([lab.lesson.revision.course])
    EnrolmentFactory(cohort=cohort, user=alice)
    return cohort


@pytest.fixture
def warm(lab):
    return [SandboxFactory(lab=lab) for _ in range(3)]


def set_rules(cohort, **rules):
    type(cohort).objects.filter(pk=cohort.pk).update(**rules)


def shut(cohort, lab, **rule):
    LessonRule.objects.create(cohort=cohort, lesson_key=lab.key, **{"door": "shut", **rule})


def other_lab(lab, **changes):
    document = lab_document(**changes).to_json()
    return LabFactory(lesson__chapter__revision=lab.lesson.revision, document=document)


def test_the_number_of_sessions_is_the_cohorts(alice, cohort, lab, warm, woken):
    set_rules(cohort, max_sessions=1)
    first = start_lab_session(by=alice, lab=lab)

    with pytest.raises(NotPossible):
        start_lab_session(by=alice, lab=other_lab(lab))

    end_lab_session(by=alice, session=first)
    assert start_lab_session(by=alice, lab=other_lab(lab)).is_live


def test_a_cohort_may_use_no_labs_at_all(alice, cohort, lab, warm, woken):
    set_rules(cohort, max_sessions=0)

    with translation.override("en"), pytest.raises(NotPossible, match="uses no labs now"):
        start_lab_session(by=alice, lab=lab)


def test_kinds_of_labs_are_the_cohorts(alice, cohort, lab, warm, woken):
    set_rules(cohort, profiles=["engine"])

    with pytest.raises(NotPossible):
        start_lab_session(by=alice, lab=lab)
    assert not LabSession.objects.exists()

    set_rules(cohort, profiles=["engine", "standard"])
    assert start_lab_session(by=alice, lab=lab).is_live


def test_a_session_ends_when_the_minutes_of_the_day_are_over(alice, cohort, lab, warm, woken, time_machine):
    time_machine.move_to(NOON, tick=False)
    set_rules(cohort, max_minutes_a_day=60)

    first = start_lab_session(by=alice, lab=lab)
    second = start_lab_session(by=alice, lab=other_lab(lab))

    assert first.expires_at == NOON + timedelta(minutes=45)
    assert second.expires_at == NOON + timedelta(minutes=15)
    set_rules(cohort, max_sessions=2)
    end_lab_session(by=alice, session=second)
    time_machine.move_to(NOON + timedelta(minutes=10))
    end_lab_session(by=alice, session=first)
    assert time_left(alice, 60, NOON + timedelta(minutes=20)) == timedelta(minutes=50)


def test_no_lab_starts_when_the_minutes_are_used_up(alice, cohort, lab, warm, woken, time_machine):
    time_machine.move_to(NOON, tick=False)
    set_rules(cohort, max_minutes_a_day=45)
    session = start_lab_session(by=alice, lab=lab)
    time_machine.move_to(NOON + timedelta(minutes=45), tick=False)
    end_lab_session(by=None, session=session, reason="expired")

    with pytest.raises(NotPossible, match="45"):
        start_lab_session(by=alice, lab=lab)

    time_machine.move_to(NOON + timedelta(days=1), tick=False)
    assert start_lab_session(by=alice, lab=lab).is_live


def test_a_session_over_midnight_counts_on_both_days(alice, cohort, lab, warm, woken, time_machine):
    late = NOON.replace(hour=23, minute=40)
    time_machine.move_to(late, tick=False)
    start_lab_session(by=alice, lab=lab)

    assert time_left(alice, 60, late) == timedelta(minutes=40)
    assert time_left(alice, 60, late + timedelta(minutes=21)) == timedelta(minutes=35)
    assert time_left(alice, None, late) is None


def test_a_reset_gives_no_time_back(alice, cohort, lab, warm, woken, time_machine):
    time_machine.move_to(NOON, tick=False)
    set_rules(cohort, max_minutes_a_day=45)
    session = start_lab_session(by=alice, lab=lab)
    time_machine.move_to(NOON + timedelta(minutes=30), tick=False)

    reset_lab_session(by=alice, session=session)

    session.refresh_from_db()
    assert (session.ready_at, session.expires_at) == (NOON, NOON + timedelta(minutes=45))
    assert time_left(alice, 45, timezone.now()) == timedelta()


def test_more_time_is_given_within_the_day_only(alice, root, cohort, lab, warm, woken, time_machine):
    time_machine.move_to(NOON, tick=False)
    set_rules(cohort, max_minutes_a_day=65)
    session = start_lab_session(by=alice, lab=lab)

    extend_lab_session(by=alice, session=session)
    with pytest.raises(NotPossible, match="65"):
        extend_lab_session(by=alice, session=session)

    extend_lab_session(by=root, session=session)  # who decides may give more than the rules do
    session.refresh_from_db()
    assert session.expires_at == NOON + timedelta(minutes=75)


@pytest.mark.parametrize("rule", [{}, {"door": "date", "opens_at": timezone.now() + timedelta(days=900)}])
def test_the_lab_of_a_lesson_that_is_shut_does_not_start(alice, bob, cohort, lab, warm, woken, rule):
    shut(cohort, lab, **rule)

    with pytest.raises(LessonShut):
        start_lab_session(by=alice, lab=lab)
    assert not LabSession.objects.exists()

    EnrolmentFactory(cohort=cohort, user=bob, role=Role.ASSISTANT)
    assert start_lab_session(by=bob, lab=lab).is_live


def test_the_lab_of_a_course_of_other_classes_does_not_start(alice, lab, warm, woken):
    EnrolmentFactory(user=alice)

    with pytest.raises(PermissionDenied):
        start_lab_session(by=alice, lab=lab)


def test_a_running_lab_goes_on_until_its_deadline_and_no_longer(alice, cohort, lab, warm, woken):
    session = start_lab_session(by=alice, lab=lab)
    shut(cohort, lab)

    assert start_lab_session(by=alice, lab=lab) == session
    reset_lab_session(by=alice, session=session)
    with pytest.raises(NotPossible):
        extend_lab_session(by=alice, session=session)

    end_lab_session(by=alice, session=session)
    with pytest.raises(LessonShut):
        start_lab_session(by=alice, lab=lab)
