"""The table of grades."""

from datetime import timedelta
from decimal import Decimal

from django.utils import timezone
from factories import CohortFactory, EnrolmentFactory

from cohorts.models import LessonRule
from gradebook.actions import override_grade
from gradebook.queries import grade_book


def test_each_has_their_own(cohort, exercises, alice, bob, hand_in):
    hand_in(alice, exercises[0])
    hand_in(bob, exercises[1], "fail", points=Decimal("0.50"))
    hand_in(EnrolmentFactory().user, exercises[0])  # of another class

    book = grade_book(cohort)

    assert {row.learner: (row.total.earned, row.total.points) for row in book.rows} == {
        alice: (2, 4),
        bob: (Decimal("0.50"), 4),
    }
    assert book.averages == [(50 + 12) // 2]


def test_due_dates_are_of_one_lesson_and_one_cohort(cohort, exercises, alice, hand_in):
    LessonRule.objects.create(
        cohort=cohort, lesson_key=exercises[0].lesson.key, due_at=timezone.now() - timedelta(hours=2)
    )
    other = CohortFactory(late_percent=50)
    other.courses.set(cohort.courses.all())
    EnrolmentFactory(cohort=other, user=alice)
    hand_in(alice, exercises[0], hours=3)
    hand_in(alice, exercises[1], hours=1)

    [row] = [row for row in grade_book(cohort).rows if row.learner == alice]
    [elsewhere] = grade_book(other).rows

    assert [row.exercises[each.key].earned for each in exercises] == [2, 1]
    assert [row.exercises[each.key].late for each in exercises] == [False, True]
    assert elsewhere.total.earned == 4


def test_what_is_decided_by_hand_wins(cohort, exercises, alice, ivy, hand_in):
    hand_in(alice, exercises[0])

    override_grade(
        by=ivy, cohort=cohort, learner=alice, exercise=exercises[0], points=Decimal("0.5"), reason="Copied from Bob"
    )

    [row] = grade_book(cohort, learner_id=alice.pk).rows
    assert row.total.earned == Decimal("0.5")
    assert row.lessons[0].overridden


def test_a_large_class_asks_no_more_often(cohort, exercises, hand_in, django_assert_num_queries):
    with django_assert_num_queries(7):
        grade_book(cohort)
    for _ in range(10):
        hand_in(EnrolmentFactory(cohort=cohort).user, exercises[0])

    with django_assert_num_queries(7):
        book = grade_book(cohort)

    assert len(book.rows) == 12
