from datetime import timedelta

import pytest
from django.utils import timezone
from factories import EnrolmentFactory, UserFactory

from classroom.actions import ask_to_assist, raise_hand, take_hand
from classroom.models import Assistance, Presence
from classroom.presence import note_arrival, note_still_there
from classroom.queries import Mood, class_now, queue_place
from grading.models import Submission


def learner(cohort, name):
    return EnrolmentFactory(cohort=cohort, user=UserFactory(username=name)).user


def here(user, world, minutes=0):
    """Somebody's page is open, and they came to the lesson `minutes` ago."""
    now = timezone.now()
    Presence.objects.create(
        user=user, seen_at=now, lesson_key=world.lesson.key, lesson_since=now - timedelta(minutes=minutes)
    )


def only(cohort, user):
    return class_now(cohort, timezone.now(), learner_id=user.pk).learners[0]


def test_it_shows_the_first_open_task_since_the_last_pass(world, cohort, alice):
    here(alice, world, minutes=30)
    passed = world.submission(alice, world.task, "pass")
    Submission.objects.filter(pk=passed.pk).update(finished_at=timezone.now() - timedelta(minutes=4))

    row = only(cohort, alice)

    assert (row.task, row.passed, row.tasks) == (world.answered, 1, 2)
    assert (row.mood, row.online, row.minutes) == (Mood.WORKING, True, 4)


def test_it_shows_the_check_that_failed_last_and_how_often(world, cohort, alice):
    here(alice, world)
    for _each in range(3):
        world.failed_check(world.submission(alice, world.task, "fail"), expected="The file exists")

    row = only(cohort, alice)

    assert row.fails.count == 3
    assert row.fails.check.expected["en"] == "The file exists"
    assert row.mood == Mood.STUCK


def test_a_pass_forgets_what_failed_before(world, cohort, alice):
    here(alice, world)
    world.submission(alice, world.task, "fail")
    world.submission(alice, world.task, "pass")

    assert only(cohort, alice).fails.count == 0


def test_who_passed_everything_is_done_and_who_left_is_away(world, cohort, alice):
    for task in (world.task, world.answered):
        world.submission(alice, task, "pass")
    assert only(cohort, alice).mood == Mood.AWAY

    note_arrival(user=alice, lesson_key=world.lesson.key, now=timezone.now())

    assert only(cohort, alice).mood == Mood.DONE
    assert only(cohort, alice).task is None


def test_who_types_is_at_work_also_without_a_page_that_says_so(world, cohort, alice):
    world.session(alice, last_activity_at=timezone.now(), ready_at=timezone.now() - timedelta(minutes=11))

    row = only(cohort, alice)

    assert (row.mood, row.online, row.column.lesson) == (Mood.STUCK, False, world.lesson)


def test_hands_come_first_then_the_stuck_then_the_others(world, cohort, alice, ana):
    names = ["worker", "stuck", "very-stuck", "waits", "is-helped", "done"]
    people = {name: learner(cohort, name) for name in names}
    here(people["worker"], world, minutes=1)
    here(people["stuck"], world, minutes=12)
    here(people["very-stuck"], world, minutes=40)
    for name in ("is-helped", "waits"):
        raise_hand(by=people[name], lesson_key=world.lesson.key)
    take_hand(by=ana, hand=people["is-helped"].help_requests.get())
    here(people["done"], world)
    for task in (world.task, world.answered):
        world.submission(people["done"], task, "pass")

    order = [row.learner.username for row in class_now(cohort, timezone.now()).learners]

    assert order == ["waits", "is-helped", "very-stuck", "stuck", "worker", "done", "alice"]


def test_it_counts(world, cohort, alice):
    here(alice, world)
    world.session(alice)
    raise_hand(by=alice, lesson_key=world.lesson.key)

    view = class_now(cohort, timezone.now())

    assert (view.online, view.labs, len(view.hands), view.stuck) == (1, 1, 1, 0)


def test_somebody_who_looks_on_is_shown(world, cohort, alice, ana):
    ask_to_assist(by=ana, session=world.session(alice), mode=Assistance.Mode.WATCH)

    assert [row.by for row in only(cohort, alice).assistances] == [ana]


def test_people_of_other_classes_are_not_in_it(world, cohort, elsewhere, bob, alice, ana):
    here(bob, world)

    assert [row.learner for row in class_now(cohort, timezone.now()).learners] == [alice]
    assert class_now(cohort, timezone.now(), learner_id=bob.pk).learners == ()
    assert class_now(cohort, timezone.now(), learner_id=ana.pk).learners == ()


def test_the_size_of_the_class_costs_no_queries(world, cohort, alice, ana, django_assert_num_queries):
    for number in range(30):
        someone = learner(cohort, f"many-{number}")
        here(someone, world, minutes=number)
        session = world.session(someone)
        world.submission(someone, world.task, "pass", lab_session=session)
        world.failed_check(world.submission(someone, world.answered, "fail"), expected="x")
        raise_hand(by=someone, lesson_key=world.lesson.key)
        ask_to_assist(by=ana, session=session, mode=Assistance.Mode.WATCH)

    with django_assert_num_queries(12):
        view = class_now(cohort, timezone.now())
        shown = [
            (row.column.lesson.title, row.task.title, row.fails.check, row.mood) for row in view.learners if row.column
        ]

    assert len(shown) == 30


def test_places_in_the_queue_are_those_of_ones_own_classes(world, cohort, elsewhere, alice, bob):
    raise_hand(by=bob, lesson_key=world.lesson.key)
    first = raise_hand(by=learner(cohort, "first"), lesson_key=world.lesson.key)
    second = raise_hand(by=alice, lesson_key=world.lesson.key)

    assert [queue_place(hand, timezone.now()) for hand in (first, second)] == [1, 2]


@pytest.mark.parametrize("seconds", [20, 45])
def test_people_stay_here_while_they_are_noted(cohort, alice, seconds):
    start = timezone.now()
    note_arrival(user=alice, lesson_key="", now=start - timedelta(minutes=5))
    note_still_there([alice.pk], start)

    assert class_now(cohort, start + timedelta(seconds=seconds)).online == 1
    assert class_now(cohort, start + timedelta(seconds=51)).online == 0


def test_coming_back_to_a_lesson_keeps_since_when(world, alice):
    first = timezone.now() - timedelta(minutes=9)
    note_arrival(user=alice, lesson_key=world.lesson.key, now=first)
    note_arrival(user=alice, lesson_key=world.lesson.key, now=timezone.now())
    note_arrival(user=alice, lesson_key="", now=timezone.now())

    presence = Presence.objects.get(user=alice)

    assert (presence.lesson_key, presence.lesson_since) == (world.lesson.key, first)
