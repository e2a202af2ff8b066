"""Rows of sandboxes: what the database refuses, and changes by compare-and-swap."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from sandboxes.models import Sandbox

State = Sandbox.State
pytestmark = pytest.mark.django_db


def a_sandbox(state: str = State.CREATING, **changes: Any) -> Sandbox:
    now = timezone.now()
    fields: dict[str, Any] = {
        "name": f"muelle-0123abcd-{uuid.uuid4().hex[:12]}",
        "environment_digest": "d" * 64,
        "environment": {},
        "seed": "seed",
        "state": state,
    }
    if state in (State.WARM, State.ASSIGNED):
        fields |= {"handle": "h", "warmed_at": now}
    if state == State.ASSIGNED:
        fields |= {"assigned_at": now}
    if state == State.GONE:
        fields |= {"gone_at": now, "reason": "ended"}
    return Sandbox.objects.create(**{**fields, **changes})


@pytest.mark.parametrize("state", State.values)
def test_every_state_can_be_kept(state: str) -> None:
    sandbox = a_sandbox(state)

    assert str(sandbox) == f"{sandbox.name} {state}"


@pytest.mark.parametrize(
    ("state", "changes", "constraint"),
    [
        ("sunk", {}, "sandbox_state_known"),
        (State.WARM, {"handle": ""}, "sandbox_up_has_container"),
        (State.WARM, {"warmed_at": None}, "sandbox_up_has_container"),
        (State.ASSIGNED, {"handle": ""}, "sandbox_up_has_container"),
        (State.ASSIGNED, {"assigned_at": None}, "sandbox_assigned_says_when"),
        (State.GONE, {"gone_at": None}, "sandbox_gone_says_when"),
        (State.WARM, {"gone_at": timezone.now()}, "sandbox_gone_says_when"),
    ],
)
def test_the_database_refuses_contradictions(state: str, changes: dict[str, Any], constraint: str) -> None:
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        a_sandbox(state, **changes)


def test_no_two_sandboxes_share_a_name() -> None:
    first = a_sandbox()

    with pytest.raises(IntegrityError), transaction.atomic():
        a_sandbox(name=first.name)


def test_waiting_are_the_warm_ones_of_that_environment() -> None:
    waiting = a_sandbox(State.WARM)
    a_sandbox(State.WARM, environment_digest="e" * 64)
    for state in (State.CREATING, State.ASSIGNED, State.GONE):
        a_sandbox(state)

    assert list(Sandbox.objects.waiting("d" * 64)) == [waiting]


def test_up_and_not_gone() -> None:
    by_state = {state: a_sandbox(state) for state in State.values}

    assert set(Sandbox.objects.up()) == {by_state[State.WARM], by_state[State.ASSIGNED]}
    assert set(Sandbox.objects.not_gone()) == set(by_state.values()) - {by_state[State.GONE]}
    assert set(Sandbox.objects.making()) == {by_state[State.CREATING]}


def test_only_the_first_move_counts() -> None:
    sandbox = a_sandbox(State.WARM)

    moves = [Sandbox.objects.move(sandbox.pk, State.WARM, State.ASSIGNED, assigned_at=timezone.now()) for _ in range(2)]

    assert moves == [True, False]


def test_giving_up_works_once_from_any_state() -> None:
    for state in (State.CREATING, State.WARM, State.ASSIGNED):
        sandbox = a_sandbox(state)

        given_up = [Sandbox.objects.give_up(sandbox.pk, reason="ended") for _ in range(2)]

        sandbox.refresh_from_db()
        assert given_up == [True, False]
        assert (sandbox.state, sandbox.reason) == (State.GONE, "ended")


def test_a_long_reason_is_cut() -> None:
    sandbox = a_sandbox()

    Sandbox.objects.give_up(sandbox.pk, reason="because " * 100)

    sandbox.refresh_from_db()
    assert len(sandbox.reason) == 64


def test_a_sandbox_whose_maker_lives_is_not_abandoned() -> None:
    now = timezone.now()
    living = a_sandbox(lease_until=now + timedelta(seconds=5))
    dead = a_sandbox(lease_until=now - timedelta(seconds=5))
    finished = a_sandbox(State.WARM, lease_until=now - timedelta(seconds=5))

    assert list(Sandbox.objects.abandoned(now)) == [dead]
    assert Sandbox.objects.renew(living.pk, until=now + timedelta(seconds=60))
    assert not Sandbox.objects.renew(finished.pk, until=now + timedelta(seconds=60))
