import threading
from datetime import timedelta

import pytest
from django.utils import timezone
from factories import LabFactory, SandboxFactory

from lab_sessions import leases, reconciler, steps
from lab_sessions.models import LabSession, Lease
from lab_sessions.transitions import State
from sandboxes.models import Sandbox

NOW = timezone.now()


def ready_session(learner, lab, **values) -> LabSession:
    defaults = {"state": State.READY, "expires_at": NOW + timedelta(hours=1), "idle_at": NOW + timedelta(hours=1)}
    sandbox = SandboxFactory(lab=lab, state=Sandbox.State.ASSIGNED, assigned_at=NOW)
    return LabSession.objects.create(
        learner=learner, lab=lab, lab_key=lab.key, sandbox=sandbox, **{**defaults, **values}
    )


@pytest.mark.parametrize(("deadline", "reason"), [("expires_at", "expired"), ("idle_at", "idle")])
def test_deadlines_are_kept_even_when_they_passed_unseen(alice, lab, woken, deadline, reason):
    session = ready_session(alice, lab, **{deadline: NOW - timedelta(hours=3)})

    assert steps.enforce_deadlines(NOW) == 1

    session.refresh_from_db()
    assert (session.state, session.ended_reason) == (State.ENDING, reason)


def test_a_near_deadline_is_told_once(alice, lab, woken):
    ready_session(alice, lab, expires_at=NOW + timedelta(minutes=2))

    assert [steps.warn_before_deadlines(NOW), steps.warn_before_deadlines(NOW)] == [1, 0]


@pytest.mark.parametrize("state", [State.STARTING, State.READY])
def test_a_session_fails_when_its_sandbox_is_gone_whoever_noticed(alice, lab, woken, state):
    session = ready_session(alice, lab, state=state)
    Sandbox.objects.give_up(session.sandbox_id, reason="vanished")

    assert [steps.fail_bereft(NOW), steps.fail_bereft(NOW)] == [1, 0]

    session.refresh_from_db()
    assert (session.state, session.failure) == (State.FAILED, steps.VANISHED)


def test_a_session_whose_sandbox_is_there_stays(alice, lab, woken):
    ready_session(alice, lab)

    assert steps.fail_bereft(NOW) == 0


def test_lapsed_work_is_woken(alice, bob, lab, woken):
    later = timezone.now() + timedelta(minutes=1)
    starting = LabSession.objects.create(learner=alice, lab=lab, lab_key=lab.key, state=State.STARTING)
    ending = LabSession.objects.create(learner=bob, lab=lab, lab_key=lab.key, state=State.ENDING)

    assert steps.rewake_sessions(later) == 2

    assert sorted(woken) == sorted([("provision", str(starting.pk)), ("finish", str(ending.pk))])


def test_held_work_is_left_alone(alice, lab, woken):
    session = LabSession.objects.create(learner=alice, lab=lab, lab_key=lab.key, state=State.STARTING)
    LabSession.objects.take(session.pk, State.STARTING, seconds=120)

    assert steps.rewake_sessions(NOW + timedelta(seconds=30)) == 0


def test_a_session_that_no_worker_ends_is_ended_all_the_same(alice, bob, lab, monkeypatch):
    finished: list[object] = []
    monkeypatch.setattr(steps, "finish_session", finished.append)
    late = LabSession.objects.create(learner=alice, lab=lab, lab_key=lab.key, state=State.ENDING, ended_at=NOW)
    held = LabSession.objects.create(learner=bob, lab=lab, lab_key=lab.key, state=State.ENDING, ended_at=NOW)
    LabSession.objects.take(held.pk, State.ENDING, seconds=3600)

    assert steps.finish_alone(NOW + timedelta(seconds=30)) == 0
    assert steps.finish_alone(NOW + timedelta(seconds=45)) == 1

    assert finished == [late.pk]


def test_the_queue_moves_in_order(alice, bob, lab, woken, settings):
    settings.MUELLE_MAX_LIVE_SESSIONS = 1
    first = LabSession.objects.create(learner=bob, lab=lab, lab_key=lab.key, state=State.QUEUED)
    second = LabSession.objects.create(learner=alice, lab=lab, lab_key=lab.key, state=State.QUEUED)

    assert steps.admit_queued(NOW) == 1

    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.state, second.state) == (State.STARTING, State.QUEUED)


def test_half_made_and_unheld_sandboxes_go(alice, lab, woken, monkeypatch):
    destroyed: list[tuple] = []
    monkeypatch.setattr(steps, "destroy_sandbox", lambda sandbox, reason: destroyed.append((sandbox.pk, reason)))
    held = ready_session(alice, lab).sandbox
    half_made = SandboxFactory(state=Sandbox.State.CREATING)
    unheld = SandboxFactory(state=Sandbox.State.ASSIGNED, assigned_at=NOW)
    SandboxFactory(state=Sandbox.State.ASSIGNED, assigned_at=NOW, held_until=NOW + timedelta(minutes=11))

    steps.undo_half_made(NOW + timedelta(minutes=10))

    assert held.pk not in {pk for pk, _reason in destroyed}
    assert sorted(destroyed) == sorted([(half_made.pk, "orphan"), (unheld.pk, "orphan")])


def test_the_pool_is_filled_and_outdated_sandboxes_retire(lab, woken, monkeypatch, settings):
    settings.MUELLE_POOL_SIZE = 1
    destroyed: list[tuple] = []
    monkeypatch.setattr(steps, "destroy_sandbox", lambda sandbox, reason: destroyed.append((sandbox.pk, reason)))
    outdated = SandboxFactory(environment_digest="f" * 64)

    steps.fill_pool(NOW)

    assert woken == [("warm_up", str(lab.pk))]
    assert destroyed == [(outdated.pk, "outdated")]


def test_a_lab_of_an_old_revision_is_not_warmed(db, woken):
    lab = LabFactory()
    course = lab.lesson.revision.course
    course.current = None
    course.save()

    assert steps.fill_pool(NOW) == 0


def test_one_broken_step_does_not_stop_the_others():
    def broken(now):
        raise RuntimeError("engine on fire")

    def sound(now):
        return 2

    assert reconciler.run_round([broken, sound], NOW) == {"sound": 2}


def test_the_settings_name_steps_that_exist(db):
    assert len(reconciler.load_steps()) == 18


def test_one_leader_at_a_time(db):
    a_minute = timedelta(minutes=1)

    assert leases.hold("reconciler", "one", a_minute)
    assert not leases.hold("reconciler", "two", a_minute)
    assert leases.hold("reconciler", "one", a_minute)


def test_a_dead_leader_is_replaced(db):
    leases.hold("reconciler", "one", timedelta(minutes=1))
    Lease.objects.update(expires_at=timezone.now() - timedelta(seconds=1))

    assert leases.hold("reconciler", "two", timedelta(minutes=1))


def test_leaving_gives_the_lease_up(db, monkeypatch):
    stop = threading.Event()
    monkeypatch.setattr(reconciler, "load_steps", lambda: [])
    monkeypatch.setattr(reconciler, "close_old_connections", lambda: None)  # it would close the test's own
    monkeypatch.setattr(stop, "wait", lambda timeout: stop.set())  # one turn, whatever goes wrong in it
    monkeypatch.setattr(reconciler, "run_round", lambda steps, now: stop.set() or {})
    turns = []

    reconciler.run_forever(stop, lambda: turns.append("alive"))

    assert not Lease.objects.exists()
    assert turns == ["alive"]
