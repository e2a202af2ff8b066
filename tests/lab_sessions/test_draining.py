"""Nothing new starts while the server is drained, what runs goes on, and it can be undone."""

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils import timezone, translation
from factories import SandboxFactory

from audit.actions import NotPossible
from audit.models import Entry
from lab_sessions import pool
from lab_sessions.actions import start_lab_session
from lab_sessions.capacity import free_places
from lab_sessions.draining import drain_starts, resume_starts, why_none_starts
from lab_sessions.environments import environment_of
from lab_sessions.models import Drain, LabSession
from lab_sessions.steps import admit_queued
from lab_sessions.transitions import State


@pytest.mark.usefixtures("woken")
def test_who_presses_start_is_told_why(lab, alice, root):
    drain_starts(by=root, sentence="  New memory is put in until 10:00. ")

    with pytest.raises(NotPossible, match=r"^New memory is put in until 10:00\.$"):
        start_lab_session(by=alice, lab=lab)
    assert not LabSession.objects.exists()


@pytest.mark.usefixtures("woken")
def test_without_words_of_the_admin_there_are_ours(lab, alice, root):
    drain_starts(by=root)

    with translation.override("en"), pytest.raises(NotPossible, match="no new labs start now"):
        start_lab_session(by=alice, lab=lab)


@pytest.mark.usefixtures("woken")
def test_what_runs_goes_on(lab, alice, root):
    running = start_lab_session(by=alice, lab=lab)
    drain_starts(by=root)

    assert start_lab_session(by=alice, lab=lab) == running


@pytest.mark.usefixtures("woken")
def test_who_waits_goes_on_waiting_until_it_is_over(lab, alice, root):
    waiting = LabSession.objects.create(learner=alice, lab=lab, lab_key=lab.key, state=State.QUEUED)
    drain_starts(by=root)
    assert free_places() == 0
    assert admit_queued(timezone.now()) == 0

    assert resume_starts(by=root)

    assert why_none_starts() == ""
    assert admit_queued(timezone.now()) == 1
    waiting.refresh_from_db()
    assert waiting.state == State.STARTING


def test_the_pool_is_not_filled_and_not_emptied(lab, root):
    digest = environment_of(lab).digest()
    waiting = SandboxFactory(environment_digest=digest, state="warm")
    assert pool.missing(lab, digest) == 1

    drain_starts(by=root)

    assert pool.missing(lab, digest) == 0
    waiting.refresh_from_db()
    assert waiting.state == "warm"


def test_draining_twice_is_draining_once(root):
    first = drain_starts(by=root, sentence="a")

    assert drain_starts(by=root, sentence="b") == first
    assert Drain.objects.count() == 1


def test_there_is_nothing_to_undo(root):
    assert not resume_starts(by=root)


@pytest.mark.parametrize("person", ["alice", "ivy"])
def test_only_admins_drain(person, root, request):
    user = request.getfixturevalue(person)

    with pytest.raises(PermissionDenied):
        drain_starts(by=user)
    drain_starts(by=root)
    with pytest.raises(PermissionDenied):
        resume_starts(by=user)
    assert Drain.objects.on().exists()


def test_both_are_recorded(root):
    drain_starts(by=root, sentence="Soon")
    resume_starts(by=root)

    assert list(Entry.objects.order_by("pk").values_list("actor", "action")) == [
        (root.pk, "drain_starts"),
        (root.pk, "resume_starts"),
    ]


def test_the_database_holds_one_drain_at_a_time(root):
    Drain.objects.create(by=root)

    with pytest.raises(IntegrityError), transaction.atomic():
        Drain.objects.create(by=root)
    with pytest.raises(IntegrityError), transaction.atomic():
        Drain.objects.create(by=root, is_on=False)
