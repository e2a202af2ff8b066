from datetime import timedelta

import pytest
from django.utils import timezone
from factories import SandboxFactory, UserFactory

from lab_sessions import pool, tasks
from lab_sessions.environments import environment_of
from lab_sessions.models import LabSession
from lab_sessions.transitions import State
from sandboxes.models import Sandbox
from sandboxes.runtimes.base import TransientFault


@pytest.fixture
def digest(lab, settings):
    settings.MUELLE_POOL_SIZE = 2
    return environment_of(lab).digest()


def failed(lab, **values) -> Sandbox:
    return SandboxFactory(
        lab=lab, **{"state": Sandbox.State.GONE, "warmed_at": None, "gone_at": timezone.now(), **values}
    )


def test_an_empty_pool_is_filled(lab, digest):
    missing = pool.missing(lab, digest)

    assert missing == min(2, pool.MAX_MAKING)


def test_a_lab_that_is_used_much_has_more_but_not_without_end(lab, digest, settings):
    settings.MUELLE_POOL_MAX = 4
    for number in range(10):
        learner = UserFactory(username=f"learner-{number}")
        LabSession.objects.create(learner=learner, lab=lab, lab_key=lab.key, state=State.ENDED)

    assert pool.wanted(lab) == 4


def test_one_that_was_made_asks_for_the_next_and_a_full_pool_for_none(lab, digest, woken, monkeypatch):
    made = iter([SandboxFactory(lab=lab), None])
    monkeypatch.setattr(tasks.lifecycle, "warm_up_lab", lambda _lab: next(made))

    tasks.warm_up(lab.pk)
    assert woken == [("warm_up", str(lab.pk))]

    tasks.warm_up(lab.pk)
    assert len(woken) == 1


def test_one_that_could_not_be_made_asks_for_none(lab, digest, woken, monkeypatch):
    def fail(_lab):
        raise TransientFault("The engine is away.")

    monkeypatch.setattr(tasks.lifecycle, "warm_up_lab", fail)

    tasks.warm_up(lab.pk)

    assert woken == []


def test_a_kind_that_cannot_be_made_is_not_tried_all_the_time(lab, digest):
    for _each in range(pool.FAILURES):
        failed(lab)

    assert pool.missing(lab, digest) == 0


def test_it_is_tried_again_after_a_pause(lab, digest):
    for _each in range(pool.FAILURES):
        failed(lab)
    Sandbox.objects.update(created_at=timezone.now() - timedelta(seconds=pool.PAUSE + 1))

    assert pool.missing(lab, digest) > 0


def test_one_that_was_warm_and_is_used_up_is_no_failure(lab, digest):
    for warmed_at in (None, timezone.now(), None):
        failed(lab, warmed_at=warmed_at)

    assert pool.missing(lab, digest) > 0


def test_labs_with_an_engine_have_a_pool_of_their_own_size(lab, settings):
    settings.MUELLE_POOL_SIZE_ENGINE, settings.MUELLE_POOL_MAX_ENGINE = 1, 3
    lab.document["profile"] = "engine"

    assert pool.wanted(lab) == 1
    assert pool.sizes("engine") == (1, 3)


def test_labs_that_this_machine_cannot_run_have_no_pool(lab, settings):
    assert [current for current, _ in pool.current_labs()] == [lab]
    lab.document["profile"] = "engine"
    lab.save()

    settings.MUELLE_ENGINE_QUOTA = settings.MUELLE_ENGINE_TUN = False

    assert list(pool.current_labs()) == []
