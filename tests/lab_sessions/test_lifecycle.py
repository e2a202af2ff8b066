"""What workers do, with the sandboxes app replaced at its border."""

import uuid
from datetime import timedelta

import pytest
from django.utils import timezone
from factories import SandboxFactory

from lab_sessions import lifecycle
from lab_sessions.actions import end_lab_session, start_lab_session
from lab_sessions.models import LabSession
from lab_sessions.timing import MAX_ATTEMPTS
from lab_sessions.transitions import State
from sandboxes.models import Sandbox
from sandboxes.runtimes.base import EngineUnavailable, ImageMissing


@pytest.fixture(autouse=True)
def border(monkeypatch, woken):
    """Stand in for the sandboxes app: record what it was asked for, make rows, touch no engine."""
    calls: dict[str, list] = {"made": [], "destroyed": []}

    def make_sandbox(environment, *, seed, values, files=(), report=lambda phase: None):
        calls["made"].append(environment)
        report("setup")
        return SandboxFactory(environment_digest=environment.digest(), values=values)

    def destroy_sandbox(sandbox, *, reason):
        calls["destroyed"].append((sandbox.pk, reason))
        Sandbox.objects.filter(pk=sandbox.pk).update(state=Sandbox.State.GONE, gone_at=timezone.now())

    monkeypatch.setattr(lifecycle, "make_sandbox", make_sandbox)
    monkeypatch.setattr(lifecycle, "destroy_sandbox", destroy_sandbox)
    return calls


def fault(error):
    def raise_it(*args, **kwargs):
        raise error

    return raise_it


def test_a_session_is_ready_with_what_became_warm_meanwhile(alice, lab, border):
    session = start_lab_session(by=alice, lab=lab)
    sandbox = SandboxFactory(lab=lab)

    lifecycle.provision_session(session.pk)

    session.refresh_from_db()
    assert (session.state, session.sandbox) == (State.READY, sandbox)
    assert session.expires_at - session.ready_at == timedelta(minutes=45)
    assert border["made"] == []


def test_an_empty_pool_is_a_cold_start(alice, lab, border):
    session = start_lab_session(by=alice, lab=lab)

    lifecycle.provision_session(session.pk)

    session.refresh_from_db()
    assert session.state == State.READY
    assert len(border["made"]) == 1
    assert session.sandbox.state == Sandbox.State.ASSIGNED


def test_provisioning_twice_does_it_once(alice, lab, border):
    session = start_lab_session(by=alice, lab=lab)

    lifecycle.provision_session(session.pk)
    lifecycle.provision_session(session.pk)

    assert len(border["made"]) == 1


def test_a_held_lease_keeps_others_out(alice, lab, border):
    session = start_lab_session(by=alice, lab=lab)
    LabSession.objects.take(session.pk, State.STARTING, seconds=60)

    lifecycle.provision_session(session.pk)

    assert border["made"] == []


def test_an_unknown_session_is_nobodys_work(db, border):
    lifecycle.provision_session(uuid.uuid4())

    assert border["made"] == []


def test_a_silent_engine_is_tried_again_and_then_said(alice, lab, monkeypatch):
    session = start_lab_session(by=alice, lab=lab)
    monkeypatch.setattr(lifecycle, "make_sandbox", fault(EngineUnavailable()))

    for _attempt in range(MAX_ATTEMPTS):
        LabSession.objects.filter(pk=session.pk).update(lease_until=None)
        lifecycle.provision_session(session.pk)

    session.refresh_from_db()
    assert (session.state, session.failure) == (State.FAILED, EngineUnavailable.sentence)


def test_between_attempts_the_learner_is_told(alice, lab, monkeypatch):
    session = start_lab_session(by=alice, lab=lab)
    monkeypatch.setattr(lifecycle, "make_sandbox", fault(EngineUnavailable()))

    lifecycle.provision_session(session.pk)

    session.refresh_from_db()
    assert (session.state, session.phase) == (State.STARTING, "engine")
    assert session.lease_until > timezone.now()


def test_a_missing_image_fails_at_once(alice, lab, monkeypatch):
    session = start_lab_session(by=alice, lab=lab)
    monkeypatch.setattr(lifecycle, "make_sandbox", fault(ImageMissing("muelle/standard:test")))

    lifecycle.provision_session(session.pk)

    session.refresh_from_db()
    assert (session.state, session.failure) == (State.FAILED, ImageMissing.sentence)
    assert "muelle/standard:test" in session.failure_detail


def test_a_session_ended_while_it_was_made_gives_its_sandbox_back(alice, lab, border, monkeypatch):
    session = start_lab_session(by=alice, lab=lab)
    make = lifecycle.make_sandbox

    def make_slowly(*args, **kwargs):
        sandbox = make(*args, **kwargs)
        end_lab_session(by=alice, session=session)
        return sandbox

    monkeypatch.setattr(lifecycle, "make_sandbox", make_slowly)

    lifecycle.provision_session(session.pk)
    lifecycle.finish_session(session.pk)

    session.refresh_from_db()
    assert session.state == State.ENDED
    assert Sandbox.objects.get().state == Sandbox.State.WARM


def test_finishing_destroys_and_closes(alice, lab, border):
    sandbox = SandboxFactory(lab=lab)
    session = start_lab_session(by=alice, lab=lab)
    lifecycle.provision_session(session.pk)
    end_lab_session(by=alice, session=session)

    lifecycle.finish_session(session.pk)
    lifecycle.finish_session(session.pk)

    session.refresh_from_db()
    assert session.state == State.ENDED
    assert border["destroyed"] == [(sandbox.pk, "learner")]


def test_warming_up_stops_at_the_wanted_size(lab, border, settings):
    settings.MUELLE_POOL_SIZE = 1

    first = lifecycle.warm_up_lab(lab)
    second = lifecycle.warm_up_lab(lab)

    assert first is not None
    assert second is None
