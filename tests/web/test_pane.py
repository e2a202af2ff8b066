"""The clock of a lab session and the facts of a lab; the states of the pane are tested through its views."""

from datetime import timedelta

import pytest
from django.utils import timezone
from django.utils.translation import override

from lab_sessions.transitions import State
from sandboxes.limits import GIB, MIB
from web.lesson_page import LessonPage
from web.pane import Clock, Pane

NOW = timezone.now()


def clock(world, alice, *, left: float, idle: float, state: State = State.READY) -> Clock:
    until = {"expires_at": NOW + timedelta(minutes=left), "idle_at": NOW + timedelta(minutes=idle)}
    return Clock(world.session(alice, state, **until), NOW)


@pytest.mark.parametrize(
    ("left", "idle", "soon"),
    [(40, 14, ""), (5.1, 14, ""), (5, 14, "time"), (40, 5, "idle"), (3, 2, "idle"), (2, 3, "time"), (0, 0, "time")],
)
def test_warns_when_one_of_both_ends_is_near(world, alice, left, idle, soon):
    assert clock(world, alice, left=left, idle=idle).soon == soon


def test_a_session_that_does_not_run_has_nothing_to_warn_of(world, alice):
    assert clock(world, alice, left=1, idle=1, state=State.STARTING).soon == ""


def test_minutes_are_rounded_up_as_people_count_them(world, alice):
    assert clock(world, alice, left=12.1, idle=14).minutes == 13


def test_an_end_that_is_past_is_zero(world, alice):
    assert clock(world, alice, left=-3, idle=-3).remaining == 0


def test_a_lab_with_a_short_idle_limit_does_not_warn_from_the_start(world, alice):
    world.lab.document["idle"] = 4
    world.lab.save()

    assert clock(world, alice, left=40, idle=3.9).soon == ""
    assert Clock(None, NOW).idle_warn_at == 0


@pytest.mark.parametrize(("amount", "said"), [(192 * MIB, "192 MiB"), (1536 * MIB, "1536 MiB"), (2 * GIB, "2 GiB")])
def test_memory_is_said_in_the_larger_unit_where_that_is_exact(world, alice, amount, said):
    world.lab.document["limits"] = {"memory_bytes": amount}
    world.lab.save()

    with override("en"):
        assert Pane(LessonPage(alice, world.lesson, None), NOW).memory == said


def test_the_time_scale_of_tests_scales_the_warning(world, alice, settings):
    settings.MUELLE_TIME_SCALE = 60

    assert clock(world, alice, left=1, idle=1).warn_at == 5
