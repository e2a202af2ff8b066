from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from factories import SandboxFactory

from accounts.models import User
from lab_sessions.environments import environment_of
from lab_sessions.models import LabSession
from lab_sessions.transitions import State
from operations.models import Sample
from operations.queries import curves, find_accounts, is_stale, last_seen, live_sessions, pool_lines, sign_ins_of

NOW = timezone.now()


def sample(**changes) -> Sample:
    values = {
        "at": NOW, "cpu": 0.5, "memory_used": 1, "memory_total": 4, "disk_used": 3, "disk_total": 4,
        "sessions": 2, "queued": 0, "warm": 1, "making": 0,
    }  # fmt: skip
    return Sample.objects.create(**{**values, **changes})


@pytest.mark.django_db
def test_curves_are_means_with_gaps():
    sample(at=NOW - timedelta(minutes=59), cpu=None, sessions=4)
    sample(at=NOW - timedelta(minutes=31), cpu=0.2)
    sample(at=NOW - timedelta(minutes=32), cpu=0.4)
    sample(at=NOW, cpu=0.9)
    sample(at=NOW - timedelta(hours=2), cpu=1.0)

    found = curves(NOW, timedelta(hours=1), 4)

    assert found["cpu"].values == (None, pytest.approx(0.3), None, pytest.approx(0.9))
    assert (found["cpu"].highest, found["cpu"].now) == (0.9, 0.9)
    assert found["sessions"].values == (4, 2, None, 2)
    assert found["memory"].now == 0.25
    assert found["disk"].now == 0.75


@pytest.mark.django_db
def test_without_samples_there_are_only_gaps():
    assert curves(NOW, timedelta(hours=1), 2)["cpu"].values == (None, None)


@pytest.mark.django_db
def test_figures_get_old():
    assert is_stale(None, NOW)
    assert not is_stale(sample(at=NOW - timedelta(seconds=20)), NOW)
    assert is_stale(sample(at=NOW - timedelta(minutes=2)), NOW)


def test_whoever_has_a_lab_is_shown(lab, alice, bob, django_assert_num_queries):
    ready = LabSession.objects.create(learner=alice, lab=lab, lab_key=lab.key, state=State.QUEUED)
    LabSession.objects.create(learner=bob, lab=lab, lab_key=lab.key, state=State.ENDED)
    ending = LabSession.objects.create(learner=bob, lab=lab, lab_key=lab.key, state=State.ENDING)

    with django_assert_num_queries(2):
        found = list(live_sessions())
        names = [str(session.learner) for session in found]

    assert found == [ready, ending]
    assert names == ["alice", "bob"]


def test_pools_are_counted(lab):
    digest = environment_of(lab).digest()
    SandboxFactory(environment_digest=digest)
    SandboxFactory(environment_digest=digest, state="creating")
    SandboxFactory(environment_digest="other")

    [line] = pool_lines()

    assert (line.lab, line.profile, line.waiting, line.making, line.failing) == (lab, "standard", 1, 1, False)
    assert line.wanted >= 1


def test_people_are_found(alice, bob, ivy, root):
    User.objects.filter(pk=alice.pk).update(first_name="Alicia", email="a.lopez@example.org")

    assert list(find_accounts()) == [alice, bob, ivy, root]
    assert list(find_accounts("LOPEZ alicia")) == [alice]
    assert list(find_accounts(role="learner")) == [alice, bob]
    assert list(find_accounts(role="instructor")) == [ivy]
    assert list(find_accounts(role="admin")) == [root]
    assert list(find_accounts("nobody")) == []


def test_last_seen_is_the_later_of_two(lab, alice, bob):
    LabSession.objects.create(learner=alice, lab=lab, lab_key=lab.key, state=State.ENDED, last_activity_at=NOW)
    User.objects.filter(pk=alice.pk).update(last_login=NOW - timedelta(days=2))

    seen = {person.username: last_seen(person) for person in find_accounts()}

    assert seen == {"alice": NOW, "bob": None}


def test_sign_ins_are_counted(alice, bob):
    for _ in range(2):
        Client().force_login(alice)
    Client().force_login(bob)

    assert sign_ins_of(alice) == 2
