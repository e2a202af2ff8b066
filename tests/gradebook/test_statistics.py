"""How a class fares with each exercise."""

from datetime import timedelta

from django.utils import timezone
from factories import EnrolmentFactory

from gradebook.statistics import lesson_statistics
from grading.models import CheckResult
from lab_sessions.models import LabSession
from progress.actions import open_hint


def fail_check(submission, position=0, kind="file"):
    CheckResult.objects.create(
        submission=submission, position=position, kind=kind, verdict="fail", expected={"en": f"check {position}"}
    )


def test_tries_passes_hints_and_the_check_that_stops_people(cohort, exercises, alice, bob, hand_in, lesson):
    one, two = exercises
    for _ in range(2):
        fail_check(hand_in(alice, one, "fail"))
    hand_in(alice, one)
    failed = hand_in(bob, one, "fail")
    fail_check(failed)
    fail_check(failed, position=1)
    open_hint(by=alice, exercise=one, number=1)
    open_hint(by=alice, exercise=one, number=1)
    hand_in(EnrolmentFactory().user, two)  # somebody else's class

    first, second = lesson_statistics(cohort, lesson)

    assert (first.learners, first.tried, first.passed, first.stuck, first.hints) == (2, 2, 1, 1, 1)
    assert first.tries == (1, 0, 1, 0, 0, 0)
    assert [(check.expected["en"], check.learners, check.times) for check in first.failing] == [
        ("check 0", 2, 3),
        ("check 1", 1, 1),
    ]
    assert (second.tried, second.minutes, second.failing) == (0, None, ())


def test_time_counts_from_the_task_before(cohort, exercises, alice, hand_in, lesson):
    session = LabSession.objects.create(
        learner=alice,
        lab=lesson.lab,
        lab_key=lesson.key,
        state="ended",
        ready_at=timezone.now() - timedelta(hours=1),
    )
    hand_in(alice, exercises[0], hours=0.5, lab_session=session)
    hand_in(alice, exercises[1], hours=0.25, lab_session=session)

    first, second = lesson_statistics(cohort, lesson)

    assert (round(first.minutes), round(second.minutes)) == (30, 15)


def test_a_large_class_asks_no_more_often(cohort, exercises, lesson, hand_in, django_assert_num_queries):
    for _ in range(8):
        fail_check(hand_in(EnrolmentFactory(cohort=cohort).user, exercises[0], "fail"))

    with django_assert_num_queries(7):
        lesson_statistics(cohort, lesson)
