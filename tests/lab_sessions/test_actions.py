from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone
from factories import LabFactory, SandboxFactory

from accounts.models import User
from audit.actions import NotPossible
from audit.models import Entry
from lab_sessions.actions import (
    end_lab_session,
    extend_lab_session,
    record_activity,
    reset_lab_session,
    start_lab_session,
)
from lab_sessions.models import LabSession
from lab_sessions.timing import EXTENSION, MAX_EXTENSIONS
from lab_sessions.transitions import State
from sandboxes.models import Sandbox


@pytest.fixture
def ready(alice, lab, woken) -> LabSession:
    """A session of Alice's that is ready."""
    SandboxFactory(lab=lab)
    return start_lab_session(by=alice, lab=lab)


def test_a_start_from_the_pool_is_ready_at_once_with_the_sandboxs_values(alice, lab, woken):
    sandbox = SandboxFactory(lab=lab)

    session = start_lab_session(by=alice, lab=lab)

    sandbox.refresh_from_db()
    assert sandbox.state == Sandbox.State.ASSIGNED
    assert (session.sandbox, session.values, session.state) == (sandbox, sandbox.values, State.READY)
    assert session.expires_at - session.ready_at == timedelta(minutes=45)
    assert ("provision", str(session.pk)) not in woken


def test_a_start_without_a_warm_sandbox_asks_a_worker_for_one(alice, lab, woken):
    session = start_lab_session(by=alice, lab=lab)

    assert (session.sandbox, session.state) == (None, State.STARTING)
    assert ("provision", str(session.pk)) in woken


def test_a_double_click_starts_one_session(alice, lab, woken):
    first = start_lab_session(by=alice, lab=lab)

    second = start_lab_session(by=alice, lab=lab)

    assert first == second
    assert LabSession.objects.count() == 1


def test_a_start_is_audited(alice, lab, woken):
    session = start_lab_session(by=alice, lab=lab)

    assert Entry.objects.filter(actor=alice, action="start_lab_session", subject_id=str(session.pk)).exists()


def test_a_full_host_queues(alice, bob, lab, woken, settings):
    settings.MUELLE_MAX_LIVE_SESSIONS = 1
    start_lab_session(by=alice, lab=lab)

    session = start_lab_session(by=bob, lab=lab)

    assert session.state == State.QUEUED
    assert ("provision", str(session.pk)) not in woken


def test_a_learner_has_a_quota(alice, woken, settings):
    settings.MUELLE_MAX_SESSIONS_PER_LEARNER = 1
    start_lab_session(by=alice, lab=LabFactory())

    with pytest.raises(NotPossible):
        start_lab_session(by=alice, lab=LabFactory())


def test_a_missing_image_is_a_sentence(alice, lab, settings):
    settings.MUELLE_IMAGES = {}

    with pytest.raises(NotPossible, match=r"image|imagen"):
        start_lab_session(by=alice, lab=lab)

    assert not LabSession.objects.exists()


def test_a_lab_that_this_machine_cannot_hold_is_a_sentence(alice, lab, settings):
    settings.MUELLE_ENGINE_QUOTA = settings.MUELLE_ENGINE_TUN = False
    lab.document["profile"] = "engine"

    with pytest.raises(NotPossible, match=r"cannot limit|no puede ponerle un límite"):
        start_lab_session(by=alice, lab=lab)

    assert not LabSession.objects.exists()


def test_more_time_moves_the_deadline(alice, ready):
    before = ready.expires_at

    extend_lab_session(by=alice, session=ready)

    assert ready.expires_at - before == timedelta(seconds=EXTENSION)


def test_more_time_has_an_end(alice, ready):
    LabSession.objects.filter(pk=ready.pk).update(extensions=MAX_EXTENSIONS)

    with pytest.raises(NotPossible):
        extend_lab_session(by=alice, session=ready)


def test_a_reset_replaces_the_sandbox_and_keeps_the_session(alice, lab, ready, woken):
    old = ready.sandbox
    fresh = SandboxFactory(lab=lab)

    reset_lab_session(by=alice, session=ready)

    ready.refresh_from_db()
    assert (ready.sandbox, ready.generation, ready.state) == (fresh, 2, State.READY)
    assert ("destroy_sandbox", str(old.pk)) in woken


def test_only_a_ready_session_can_be_reset(alice, lab, woken):
    session = start_lab_session(by=alice, lab=lab)

    with pytest.raises(NotPossible):
        reset_lab_session(by=alice, session=session)


def test_ending_asks_for_the_sandbox_to_go(alice, ready, woken):
    assert end_lab_session(by=alice, session=ready)

    ready.refresh_from_db()
    assert (ready.state, ready.ended_reason) == (State.ENDING, LabSession.Reason.LEARNER)
    assert ("finish", str(ready.pk)) in woken


def test_ending_twice_ends_once(alice, ready, woken):
    end_lab_session(by=alice, session=ready)

    assert not end_lab_session(by=alice, session=ready)


def test_a_queued_session_ends_at_once(alice, bob, lab, woken, settings):
    settings.MUELLE_MAX_LIVE_SESSIONS = 1
    start_lab_session(by=alice, lab=lab)
    session = start_lab_session(by=bob, lab=lab)

    end_lab_session(by=bob, session=session)

    session.refresh_from_db()
    assert session.state == State.ENDED


@pytest.mark.parametrize("action", [extend_lab_session, reset_lab_session, end_lab_session])
def test_it_is_not_yours(action, bob: User, ready: LabSession):
    with pytest.raises(PermissionDenied):
        action(by=bob, session=ready)


def test_activity_moves_the_idle_limit_but_not_at_every_key(ready):
    later = timezone.now() + timedelta(minutes=5)

    first = record_activity(session=ready, now=later)
    second = record_activity(session=ready, now=later + timedelta(seconds=1))

    ready.refresh_from_db()
    assert (first, second) == (True, False)
    assert ready.idle_at == later + timedelta(minutes=15)
