from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone
from factories import EnrolmentFactory, SandboxFactory, UserFactory

from audit.actions import NotPossible
from audit.models import Entry
from classroom.for_all import (
    announce,
    cancel_warm_up,
    dismiss_announcement,
    end_all,
    extend_all,
    warm_up,
    withdraw_announcement,
)
from classroom.models import Announcement
from lab_sessions import pool
from lab_sessions.environments import environment_of
from lab_sessions.models import WarmUp
from lab_sessions.steps import cool_down
from lab_sessions.transitions import State


def soon(minutes: int = 45):
    return timezone.now() + timedelta(minutes=minutes)


def shown(user, world) -> list[str]:
    standing = Announcement.objects.standing(timezone.now()).for_learner(user.pk, world.lesson.key)
    return [row.text for row in standing]


def warmed(by, cohort, world, sandboxes=12, minutes=-5):
    return warm_up(
        by=by, cohort=cohort, lesson_key=world.lab.key, sandboxes=sandboxes, starts_at=soon(minutes), ends_at=soon(60)
    )


def test_a_hint_is_shown_to_the_class_and_to_nobody_else(world, cohort, elsewhere, alice, ana, bob, told):
    announce(by=ana, cohort=cohort, text="  Look at   $? first ", until=soon(), lesson_key=world.lesson.key)

    assert shown(alice, world) == ["Look at $? first"]
    assert shown(bob, world) == []
    assert told == [alice.pk]


def test_a_hint_goes_with_time_by_hand_and_one_by_one(world, cohort, alice, ana):
    late = announce(by=ana, cohort=cohort, text="one", until=soon())
    withdrawn = announce(by=ana, cohort=cohort, text="two", until=soon())
    announce(by=ana, cohort=cohort, text="three", until=soon())
    Announcement.objects.filter(pk=late.pk).update(until=timezone.now())
    withdraw_announcement(by=ana, announcement=withdrawn)
    assert shown(alice, world) == ["three"]

    dismiss_announcement(by=alice, announcement=Announcement.objects.get(text="three"))

    assert shown(alice, world) == []


@pytest.mark.parametrize(
    "wrong", [{"text": " "}, {"text": "x" * 501}, {"lesson_key": "not/of/ours"}, {"until": timezone.now()}]
)
def test_impossible_hints_get_a_sentence(cohort, ana, wrong):
    with pytest.raises(NotPossible):
        announce(by=ana, cohort=cohort, **{"text": "x", "until": soon(), **wrong})


@pytest.mark.abuse
@pytest.mark.parametrize("who", ["pau", "alice", "ivy"])
def test_only_instructors_decide_for_all(world, cohort, elsewhere, ana, alice, who, request):
    user = request.getfixturevalue(who)
    world.session(alice)
    wish = warmed(ana, cohort, world)
    said = announce(by=ana, cohort=cohort, text="x", until=soon())

    for action in (
        lambda: announce(by=user, cohort=cohort, text="x", until=soon()),
        lambda: withdraw_announcement(by=user, announcement=said),
        lambda: warmed(user, cohort, world),
        lambda: cancel_warm_up(by=user, wish=wish),
        lambda: extend_all(by=user, cohort=cohort),
        lambda: end_all(by=user, cohort=cohort),
    ):
        with pytest.raises(PermissionDenied):
            action()


def test_all_labs_get_more_time_within_the_rules(world, cohort, alice, bob, ana):
    mine, other = world.session(alice), world.session(bob)
    before = mine.expires_at
    used_up = world.session(EnrolmentFactory(cohort=cohort).user, extensions=4)

    assert extend_all(by=ana, cohort=cohort, lesson_key=world.lab.key) == (1, 1)

    for row in (mine, other, used_up):
        row.refresh_from_db()
    assert mine.expires_at > before
    assert (mine.extensions, other.extensions, used_up.extensions) == (1, 0, 4)


def test_all_labs_end_and_those_of_other_classes_do_not(world, cohort, elsewhere, alice, bob, ana):
    mine, other = world.session(alice), world.session(bob)

    assert end_all(by=ana, cohort=cohort) == 1

    mine.refresh_from_db()
    other.refresh_from_db()
    assert (mine.state, mine.ended_reason) == (State.ENDING, "staff")
    assert other.state == State.READY
    assert Entry.objects.get(action="end_all").details == {"lesson": "", "ended": 1}


def test_the_pool_keeps_what_a_class_asked_for(world, cohort, ana, alice, settings):
    settings.MUELLE_POOL_SIZE = 2
    digest = environment_of(world.lab).digest()
    assert pool.wanted(world.lab, digest) == 2

    warmed(ana, cohort, world, sandboxes=12)
    assert pool.wanted(world.lab, digest) == 12

    world.session(alice)
    assert pool.wanted(world.lab, digest) == 11


def test_starts_that_a_class_had_asked_for_make_no_more_machines_in_the_middle_of_it(world, cohort, ana, settings):
    settings.MUELLE_POOL_SIZE = 1
    digest = environment_of(world.lab).digest()
    wish = warmed(ana, cohort, world, sandboxes=6)
    for number in range(10):
        learner = UserFactory(username=f"learner-{number}")
        EnrolmentFactory(cohort=cohort, user=learner)
        world.session(learner)

    assert pool.wanted(world.lab, digest) == 1 + 4 // 2  # four came whom nobody had announced

    cancel_warm_up(by=ana, wish=wish)
    assert pool.wanted(world.lab, digest) == 1 + 10 // 2


def test_the_pool_does_so_neither_before_nor_after_nor_beyond_its_limit(world, cohort, ana, settings):
    settings.MUELLE_POOL_SIZE = 2
    settings.MUELLE_POOL_MAX = 20
    digest = environment_of(world.lab).digest()
    wish = warmed(ana, cohort, world, minutes=10)
    assert pool.wanted(world.lab, digest) == 2

    WarmUp.objects.update(starts_at=soon(-1), sandboxes=50)
    assert pool.wanted(world.lab, digest) == 20

    cancel_warm_up(by=ana, wish=wish)
    assert pool.wanted(world.lab, digest) == 2


def test_a_new_wish_replaces_the_one_that_it_overlaps(world, cohort, ana):
    warmed(ana, cohort, world, sandboxes=12)
    warmed(ana, cohort, world, sandboxes=6)

    assert [wish.sandboxes for wish in WarmUp.objects.planned(timezone.now())] == [6]


def test_what_nobody_used_goes_when_the_time_is_over(world, cohort, ana, settings, monkeypatch):
    settings.MUELLE_POOL_SIZE = 1
    destroyed = []
    monkeypatch.setattr("lab_sessions.steps.destroy_sandbox", lambda sandbox, reason: destroyed.append(reason))
    for _each in range(4):
        SandboxFactory(lab=world.lab)
    assert cool_down(timezone.now()) == 0  # nobody asked for them: the pool's own business

    wish = warmed(ana, cohort, world, sandboxes=4)
    assert cool_down(timezone.now()) == 0
    cancel_warm_up(by=ana, wish=wish)

    assert cool_down(timezone.now()) == 3
    assert destroyed == ["surplus"] * 3


@pytest.mark.parametrize(
    "wrong",
    [
        {"sandboxes": 0},
        {"sandboxes": 31},
        {"lesson_key": "not/of/ours"},
        {"ends_at": soon(-10)},
        {"ends_at": soon(600)},
        {"starts_at": soon(60 * 24 * 20), "ends_at": soon(60 * 24 * 20 + 60)},
    ],
)
def test_impossible_wishes_get_a_sentence(world, cohort, ana, settings, wrong):
    settings.MUELLE_POOL_MAX = 30
    usual = {"lesson_key": world.lab.key, "sandboxes": 5, "starts_at": soon(0), "ends_at": soon(60)}

    with pytest.raises(NotPossible):
        warm_up(by=ana, cohort=cohort, **{**usual, **wrong})
