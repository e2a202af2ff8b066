"""The end of a sandbox on a fake runtime: gone for good, and nothing that nobody knows is left."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.utils import timezone

from sandboxes import lifecycle
from sandboxes.engine import place, runtime
from sandboxes.lifecycle import (
    claim_warm,
    destroy_orphans,
    destroy_sandbox,
    mark_vanished,
)
from sandboxes.models import Sandbox
from sandboxes.runtimes.base import (
    EngineUnavailable,
    NotOurs,
    RequestRefused,
    SandboxRequest,
)
from sandboxes.runtimes.fake import FakeEngine
from tests.sandboxes.conftest import ENVIRONMENT, a_warm_sandbox, names_on_the_engine

State = Sandbox.State
pytestmark = pytest.mark.django_db


def test_destroying_is_for_good_and_may_be_repeated(engine: FakeEngine) -> None:
    sandbox = a_warm_sandbox()

    destroy_sandbox(sandbox, reason="ended")
    destroy_sandbox(sandbox, reason="again")

    assert (sandbox.state, sandbox.reason) == (State.GONE, "ended")
    assert names_on_the_engine() == set()
    assert claim_warm(ENVIRONMENT.digest()) is None


def test_a_restored_row_of_another_site_is_given_up_and_its_container_left_alone(
    engine: FakeEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    sandbox = a_warm_sandbox()

    def refuse(name: str) -> None:
        raise NotOurs(f"container {name} does not belong to instance 0")

    monkeypatch.setattr(lifecycle, "runtime", lambda: SimpleNamespace(destroy=refuse))
    destroy_sandbox(sandbox, reason="orphan")

    assert sandbox.state == State.GONE
    assert sandbox.handle in engine.containers


def test_destroying_while_the_engine_is_down_gives_up_the_row(engine: FakeEngine) -> None:
    sandbox = a_warm_sandbox()
    engine.fault = EngineUnavailable("down")

    with pytest.raises(EngineUnavailable):
        destroy_sandbox(sandbox, reason="ended")

    sandbox.refresh_from_db()
    assert sandbox.state == State.GONE


def test_only_containers_without_a_row_are_orphans(engine: FakeEngine) -> None:
    kept = a_warm_sandbox()
    unknown = place().sandbox_name("f" * 32)
    runtime().create(
        SandboxRequest(
            name=unknown, sandbox_id="ffffffff-ffff-ffff-ffff-ffffffffffff", image="muelle/standard:0123456789ab"
        )
    )

    destroyed = destroy_orphans(timezone.now())

    assert destroyed == 1
    assert names_on_the_engine() == {kept.name}


def test_only_what_was_forgotten_is_worth_a_warning(
    engine: FakeEngine, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    ending, forgotten, unknown = (a_warm_sandbox() for _ in range(3))
    Sandbox.objects.give_up(ending.pk, reason="ended")
    Sandbox.objects.give_up(forgotten.pk, reason="ended", now=timezone.now() - timedelta(minutes=1))
    Sandbox.objects.filter(pk=unknown.pk).delete()

    with caplog.at_level(logging.WARNING):
        destroyed = destroy_orphans(timezone.now())

    assert destroyed == 3
    assert ending.name not in caplog.text
    assert forgotten.name in caplog.text
    assert unknown.name in caplog.text


def test_an_orphan_that_cannot_be_removed_does_not_stop_the_others(
    engine: FakeEngine, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    sandboxes = [a_warm_sandbox() for _ in range(2)]
    Sandbox.objects.all().delete()
    destroy = runtime().destroy

    def refuse_one(name: str) -> None:
        if name == sandboxes[0].name:
            raise RequestRefused("stuck")
        destroy(name)

    monkeypatch.setattr(runtime(), "destroy", refuse_one)
    with caplog.at_level(logging.ERROR):
        destroyed = destroy_orphans(timezone.now())

    assert destroyed == 1
    assert sandboxes[0].name in caplog.text


def test_a_sandbox_whose_agent_died_has_vanished(engine: FakeEngine) -> None:
    dead, alive = a_warm_sandbox(), a_warm_sandbox()
    engine.kill(dead.name)
    now = timezone.now()

    vanished = mark_vanished(now)

    assert vanished == [dead]
    assert (vanished[0].state, vanished[0].reason, vanished[0].gone_at) == (State.GONE, "vanished", now)
    alive.refresh_from_db()
    assert alive.state == State.WARM


def test_a_sandbox_whose_container_was_removed_has_vanished(engine: FakeEngine) -> None:
    sandbox = a_warm_sandbox()
    runtime().destroy(sandbox.name)

    assert mark_vanished(timezone.now()) == [sandbox]
    assert mark_vanished(timezone.now()) == []


@pytest.mark.parametrize("look", [mark_vanished, destroy_orphans])
def test_nothing_is_concluded_while_the_engine_is_down(engine: FakeEngine, look: Any) -> None:
    sandbox = a_warm_sandbox()
    engine.fault = EngineUnavailable("down")

    with pytest.raises(EngineUnavailable):
        look(timezone.now())

    sandbox.refresh_from_db()
    assert sandbox.state == State.WARM


def test_a_sandbox_that_becomes_warm_during_the_look_is_not_missed(
    engine: FakeEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    listed = runtime().list
    made: list[Sandbox] = []

    def list_then_make() -> Any:
        seen = listed()
        made.append(a_warm_sandbox())
        return seen

    monkeypatch.setattr(runtime(), "list", list_then_make)

    assert mark_vanished(datetime.now().astimezone()) == []
