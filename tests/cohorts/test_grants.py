"""What several cohorts give one person, and what nobody gives them."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone, translation
from factories import CohortFactory, CourseFactory, EnrolmentFactory

from cohorts.grants import Grants, Quota, Shut
from cohorts.models import LessonRule, RevealedSolution, Role, SolutionPolicy
from cohorts.permissions import LessonShut, can_read, check_can_read

pytestmark = pytest.mark.django_db

KEY = "course/a/b"
TASKS = [f"{KEY}/one", f"{KEY}/two"]
NOW = timezone.now()
SOON = NOW + timedelta(hours=1)
EARLIER = NOW - timedelta(hours=1)


@pytest.fixture
def course():
    return CourseFactory(slug="course")


@pytest.fixture
def join(course):
    """Put somebody into a new cohort that has the course."""

    def enrol(user, role=Role.LEARNER, **settings):
        cohort = CohortFactory(**settings)
        cohort.courses.set([course])
        return EnrolmentFactory(cohort=cohort, user=user, role=role).cohort

    return enrol


@pytest.mark.parametrize(
    ("rule", "shut"),
    [
        ({"door": "shut"}, Shut()),
        ({"opens_at": SOON}, Shut(opens_at=SOON)),
        ({"closes_at": EARLIER}, Shut(since=EARLIER)),
        ({"opens_at": EARLIER, "closes_at": SOON}, None),
        ({"door": "open", "closes_at": EARLIER}, None),
        ({"door": "shut", "opens_at": EARLIER}, Shut()),
    ],
)
def test_a_door_says_why_it_is_shut(alice, join, rule, shut):
    LessonRule.objects.create(cohort=join(alice), lesson_key=KEY, **rule)

    assert Grants(alice).shut(KEY, NOW) == shut


def test_a_door_of_a_cohort_without_the_course_shuts_nothing(alice, join):
    join(alice)
    other = EnrolmentFactory(user=alice).cohort
    LessonRule.objects.create(cohort=other, lesson_key=KEY, door="shut")

    assert Grants(alice).shut(KEY, NOW) is None


@pytest.mark.parametrize("archived", [False, True])
def test_who_teaches_the_course_passes_every_door(bob, join, archived):
    LessonRule.objects.create(cohort=join(bob), lesson_key=KEY, door="shut")
    join(bob, Role.ASSISTANT, archived_at=NOW if archived else None)

    assert Grants(bob).shut(KEY, NOW) is None


def test_teaching_something_else_opens_no_door(bob, join):
    LessonRule.objects.create(cohort=join(bob), lesson_key=KEY, door="shut")
    EnrolmentFactory(user=bob, role=Role.INSTRUCTOR)

    assert Grants(bob).shut(KEY, NOW) == Shut()
    assert Grants(bob).solutions(TASKS, [], NOW) == set()


def test_the_refusal_is_a_sentence_with_the_moment(alice, join):
    rule = LessonRule.objects.create(cohort=join(alice), lesson_key=KEY, opens_at=SOON)

    with translation.override("en"):
        with pytest.raises(LessonShut, match=r"opens on .*\d") as refusal:
            check_can_read(alice, KEY, NOW)
        LessonRule.objects.filter(pk=rule.pk).update(opens_at=None, closes_at=EARLIER)
        with pytest.raises(LessonShut, match="been shut since"):
            check_can_read(alice, KEY, NOW)
        LessonRule.objects.filter(pk=rule.pk).update(door="shut")
        with pytest.raises(LessonShut, match="Your instructor has shut"):
            check_can_read(alice, KEY, NOW)
    assert refusal.value.lesson_key == KEY


def test_courses_of_other_classes_are_refused(alice):
    CourseFactory(slug="course")
    EnrolmentFactory(user=alice)

    assert not can_read(alice, KEY, NOW)
    with pytest.raises(PermissionDenied) as refusal:
        check_can_read(alice, KEY, NOW)
    assert not isinstance(refusal.value, LessonShut)


def test_a_disabled_account_reads_nothing(root):
    root.is_active = False

    assert not can_read(root, KEY, NOW)


@pytest.mark.parametrize(
    ("cohorts", "quota"),
    [
        ([], Quota(sessions=2)),
        ([{}], Quota(sessions=2)),
        (
            [{"max_sessions": 1, "max_minutes_a_day": 30, "profiles": ["standard"]}],
            Quota(1, 30, frozenset({"standard"})),
        ),
        ([{"max_sessions": 0}], Quota(sessions=0)),
        ([{"max_sessions": 9}], Quota(sessions=2)),
        (
            [
                {"max_sessions": 1, "max_minutes_a_day": 30, "profiles": ["standard"]},
                {"max_sessions": 2, "max_minutes_a_day": 60, "profiles": ["engine"]},
            ],
            Quota(2, 60, frozenset({"standard", "engine"})),
        ),
        ([{"max_sessions": 1, "max_minutes_a_day": 30, "profiles": ["standard"]}, {}], Quota(sessions=2)),
    ],
)
def test_the_most_generous_cohort_counts(alice, join, settings, cohorts, quota):
    settings.MUELLE_MAX_SESSIONS_PER_LEARNER = 2
    for limits in cohorts:
        join(alice, **limits)

    assert Grants(alice).quota == quota


@pytest.mark.parametrize("ignored", [{"archived_at": NOW}, {"role": Role.ASSISTANT}])
def test_archived_cohorts_and_those_one_helps_in_limit_nothing(alice, join, ignored):
    join(alice, max_sessions=0, max_minutes_a_day=1, **ignored)

    assert Grants(alice).quota.sessions > 0
    assert Grants(alice).quota.minutes_a_day is None


@pytest.mark.parametrize(
    ("policy", "shown"),
    [
        ({"solutions": SolutionPolicy.NEVER}, []),
        ({"solutions": SolutionPolicy.AFTER_PASS}, TASKS[:1]),
        ({"solutions": SolutionPolicy.AFTER_DATE, "solutions_at": SOON}, []),
        ({"solutions": SolutionPolicy.AFTER_DATE, "solutions_at": EARLIER}, TASKS),
    ],
)
def test_solutions_follow_the_policy(alice, join, policy, shown):
    join(alice)
    join(alice, **policy)

    assert Grants(alice).solutions(TASKS, TASKS[:1], NOW) == set(shown)


def test_a_solution_can_be_revealed_by_hand_to_a_cohort(alice, bob, join):
    cohort = join(alice)
    join(bob)
    RevealedSolution.objects.create(cohort=cohort, exercise_key=TASKS[1])

    assert Grants(alice).solutions(TASKS, [], NOW) == {TASKS[1]}
    assert Grants(bob).solutions(TASKS, [], NOW) == set()


def test_who_is_in_no_cohort_of_the_course_sees_no_solution(alice, course):
    other = EnrolmentFactory(user=alice, cohort__solutions=SolutionPolicy.AFTER_PASS).cohort
    RevealedSolution.objects.create(cohort=other, exercise_key=TASKS[1])

    assert Grants(alice).solutions(TASKS, TASKS, NOW) == set()


def test_who_teaches_the_course_sees_every_solution(bob, ivy, root, join):
    join(bob, Role.ASSISTANT)

    for teacher in (bob, ivy, root):
        assert Grants(teacher).solutions(TASKS, [], NOW) == set(TASKS)
    assert Grants(root).solutions([], [], NOW) == set()
