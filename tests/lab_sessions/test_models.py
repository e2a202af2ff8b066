from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone
from factories import LabFactory, SandboxFactory

from lab_sessions.models import LabSession
from lab_sessions.transitions import State


def make(learner, lab, **values) -> LabSession:
    return LabSession.objects.create(learner=learner, lab=lab, lab_key=lab.key, **{"state": State.STARTING, **values})


@pytest.mark.parametrize("state", [State.QUEUED, State.STARTING])
def test_one_live_session_for_each_learner_and_lab(alice, lab, state):
    make(alice, lab)

    with pytest.raises(IntegrityError), transaction.atomic():
        make(alice, lab, state=state)


def test_an_ended_session_makes_room(alice, lab):
    make(alice, lab, state=State.ENDED)

    make(alice, lab)


def test_ready_needs_a_sandbox_and_deadlines(alice, lab):
    with pytest.raises(IntegrityError), transaction.atomic():
        make(alice, lab, state=State.READY)


def test_a_failure_says_why(alice, lab):
    with pytest.raises(IntegrityError), transaction.atomic():
        make(alice, lab, state=State.FAILED)


def test_an_unknown_state_is_refused(alice, lab):
    with pytest.raises(IntegrityError), transaction.atomic():
        make(alice, lab, state="asleep")


def test_move_is_done_by_one_caller(alice, lab):
    session = make(alice, lab)

    moves = [LabSession.objects.move(session.pk, State.STARTING, State.ENDING) for _ in range(2)]

    assert moves == [True, False]


def test_move_refuses_what_the_table_lacks(alice, lab):
    session = make(alice, lab)

    with pytest.raises(ValueError, match="cannot go"):
        LabSession.objects.move(session.pk, State.ENDED, State.READY)


def test_a_lease_lets_one_through_until_it_lapses(alice, lab):
    session = make(alice, lab)

    first = LabSession.objects.take(session.pk, State.STARTING, seconds=60)
    second = LabSession.objects.take(session.pk, State.STARTING, seconds=60)
    LabSession.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    third = LabSession.objects.take(session.pk, State.STARTING, seconds=60)

    session.refresh_from_db()
    assert (first, second, third, session.attempts) == (True, False, True, 2)


def test_overdue_and_idle_are_told_apart(alice, bob):
    now = timezone.now()
    past, future = now - timedelta(seconds=1), now + timedelta(minutes=1)
    over = make(alice, LabFactory(), state=State.READY, sandbox=SandboxFactory(), expires_at=past, idle_at=future)
    still = make(bob, LabFactory(), state=State.READY, sandbox=SandboxFactory(), expires_at=future, idle_at=past)

    assert list(LabSession.objects.overdue(now)) == [over]
    assert list(LabSession.objects.idle(now)) == [still]


def test_a_lease_is_renewed_while_the_session_is_what_it_was(alice, lab):
    session = make(alice, lab)
    LabSession.objects.take(session.pk, State.STARTING, seconds=1)

    assert LabSession.objects.renew(session.pk, State.STARTING, seconds=60)
    assert not LabSession.objects.renew(session.pk, State.ENDING, seconds=60)

    session.refresh_from_db()
    assert session.lease_until > timezone.now() + timedelta(seconds=50)
