"""The life of a sandbox on a fake runtime: made whole or not at all, and given out once."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from sandboxes.engine import place, runtime
from sandboxes.environment import Environment
from sandboxes.inner_engine import InnerEngineSilent
from sandboxes.interior import SetupFailed
from sandboxes.lifecycle import (
    SandboxLost,
    agent_of,
    claim_warm,
    destroy_orphans,
    make_sandbox,
    profile_of,
    push_files,
    socket_path_of,
)
from sandboxes.models import Sandbox
from sandboxes.runtimes.base import (
    EngineUnavailable,
    ImageMissing,
    PermanentFault,
)
from sandboxes.runtimes.fake import FakeEngine, FakeRuntime
from sandboxes.runtimes.fake_agent import Answer, Call
from sandboxes.runtimes.profiles import profile_named
from tests.sandboxes.conftest import ENVIRONMENT, a_warm_sandbox, names_on_the_engine
from tests.sandboxes.test_interior import File

State = Sandbox.State
pytestmark = pytest.mark.django_db


def test_a_made_sandbox_is_warm_and_answers(engine: FakeEngine) -> None:
    sandbox = a_warm_sandbox()

    assert sandbox.state == State.WARM
    assert sandbox.environment_digest == ENVIRONMENT.digest()
    assert (sandbox.seed, sandbox.values) == ("5eed", {"port": "8081"})
    assert sandbox.handle in engine.containers
    assert names_on_the_engine() == {sandbox.name}
    agent_of(sandbox).ping()
    assert socket_path_of(sandbox) == place().agent_socket(sandbox.name)


def test_a_held_sandbox_is_never_anybody_elses(engine: FakeEngine) -> None:
    sandbox = make_sandbox(ENVIRONMENT, seed="5eed", values={}, hold=timedelta(minutes=10))

    assert sandbox.state == State.ASSIGNED
    assert sandbox.held_until is not None
    assert sandbox.held_until > timezone.now() + timedelta(minutes=9)
    assert claim_warm(ENVIRONMENT.digest()) is None


def test_home_and_setup_come_before_warm(engine: FakeEngine) -> None:
    seen: list[tuple[str, str, int]] = []

    def look(phase: str) -> None:
        seen.append((phase, Sandbox.objects.get().state, len(engine.calls)))

    make_sandbox(ENVIRONMENT, seed="5eed", values={"port": "8081"}, report=look)

    assert seen == [("creating", State.CREATING, 0), ("starting", State.CREATING, 0), ("setup", State.CREATING, 1)]
    assert [call.argv[0] for call in engine.calls] == ["/.muelle/bin/sh", "/bin/bash"]
    assert engine.calls[1].env["port"] == "8081"


@pytest.fixture
def engine_environment(engine: FakeEngine, settings: Any) -> Environment:
    settings.MUELLE_ENGINE_QUOTA = settings.MUELLE_ENGINE_TUN = True
    settings.MUELLE_LAB_NETWORKS = "10.213.0.0/16"
    profile = profile_named("engine")
    # Other settings, another runtime: it has to be the one whose engine the test turns.
    other = runtime()
    assert isinstance(other, FakeRuntime)
    other.engine = engine
    return Environment(
        image="muelle/engine:0123456789ab", profile="engine", limits=profile.default, setup="docker ps\n"
    )


def test_a_docker_inside_is_up_before_setup_runs(engine: FakeEngine, engine_environment: Environment) -> None:
    seen: list[str] = []

    sandbox = make_sandbox(engine_environment, seed="5eed", values={}, report=seen.append)

    assert seen == ["creating", "starting", "docker", "setup"]
    assert engine.calls[-1].env["DOCKER_HOST"] == "unix:///run/user/1000/docker.sock"
    assert profile_of(sandbox).environment["DOCKER_HOST"] == "unix:///run/user/1000/docker.sock"


def test_a_docker_inside_that_does_not_come_leaves_nothing_behind(
    engine: FakeEngine, engine_environment: Environment, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sandboxes.inner_engine.ENGINE_TIMEOUT", 0.05)
    engine.listener = lambda _address, _request: None

    with pytest.raises(InnerEngineSilent):
        make_sandbox(engine_environment, seed="5eed", values={})

    assert names_on_the_engine() == set()
    assert Sandbox.objects.get().state == State.GONE


def test_a_failing_setup_leaves_nothing_behind(engine: FakeEngine) -> None:
    engine.program = lambda call: Answer(exit_code="bash" in call.argv[0], stderr=b"touch: cannot touch\n")

    with pytest.raises(SetupFailed, match="cannot touch"):
        a_warm_sandbox()

    assert names_on_the_engine() == set()
    row = Sandbox.objects.get()
    assert (row.state, row.reason) == (State.GONE, "SetupFailed")


def test_a_missing_image_leaves_nothing_behind(engine: FakeEngine) -> None:
    engine.missing_images.add(ENVIRONMENT.image)

    with pytest.raises(ImageMissing):
        a_warm_sandbox()

    assert Sandbox.objects.get().state == State.GONE


def test_an_engine_that_is_down_leaves_a_row_that_is_gone(engine: FakeEngine) -> None:
    engine.fault = EngineUnavailable("down")

    with pytest.raises(EngineUnavailable):
        a_warm_sandbox()

    assert Sandbox.objects.get().state == State.GONE


def test_a_container_that_could_not_be_undone_is_an_orphan_later(engine: FakeEngine) -> None:
    def program(_call: Call) -> Answer:
        engine.fault = EngineUnavailable("down in the middle")
        return Answer(exit_code=1)

    engine.program = program
    with pytest.raises(PermanentFault):
        a_warm_sandbox()
    engine.fault = None
    assert len(names_on_the_engine()) == 1

    destroyed = destroy_orphans(timezone.now())

    assert destroyed == 1
    assert names_on_the_engine() == set()


def test_a_worker_that_is_stopped_leaves_nothing_behind(engine: FakeEngine) -> None:
    def stop(phase: str) -> None:
        if phase == "setup":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        make_sandbox(ENVIRONMENT, seed="5eed", values={}, report=stop)

    assert names_on_the_engine() == set()
    assert Sandbox.objects.get().state == State.GONE


def test_a_sandbox_given_up_meanwhile_is_not_revived(engine: FakeEngine) -> None:
    def give_up(phase: str) -> None:
        if phase == "setup":
            Sandbox.objects.give_up(Sandbox.objects.get().pk, reason="orphan")

    with pytest.raises(SandboxLost):
        make_sandbox(ENVIRONMENT, seed="5eed", values={}, report=give_up)

    assert names_on_the_engine() == set()
    row = Sandbox.objects.get()
    assert (row.state, row.reason) == (State.GONE, "orphan")


def test_each_sandbox_is_given_out_once(engine: FakeEngine) -> None:
    made = {a_warm_sandbox().pk for _ in range(3)}

    claimed = [claim_warm(ENVIRONMENT.digest()) for _ in range(4)]

    assert {sandbox.pk for sandbox in claimed if sandbox} == made
    assert claimed[3] is None
    assert all(sandbox.state == State.ASSIGNED and sandbox.assigned_at for sandbox in claimed if sandbox)


def test_a_lost_race_tries_the_next(engine: FakeEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = a_warm_sandbox(), a_warm_sandbox()
    order = [first.pk, second.pk]
    monkeypatch.setattr("sandboxes.lifecycle.random.shuffle", lambda found: found.sort(key=order.index))
    move = Sandbox.objects.move

    def lose_the_first(pk: Any, old: str, new: str, **changes: Any) -> bool:
        return pk != first.pk and move(pk, old, new, **changes)

    monkeypatch.setattr(Sandbox.objects, "move", lose_the_first)

    claimed = claim_warm(ENVIRONMENT.digest())

    assert claimed == second


def test_another_environment_has_nothing_warm(engine: FakeEngine) -> None:
    a_warm_sandbox()

    assert claim_warm("f" * 64) is None


def test_files_are_pushed_through_the_agent(engine: FakeEngine) -> None:
    sandbox = a_warm_sandbox()

    push_files(sandbox, [File("note.txt", b"hola")])

    assert b"note.txt" in engine.calls[-1].stdin


def test_files_that_do_not_fit(engine: FakeEngine) -> None:
    sandbox = a_warm_sandbox()
    engine.program = lambda _call: Answer(exit_code=1, stderr=b"tar: write error: No space left on device")

    with pytest.raises(PermanentFault, match="No space left"):
        push_files(sandbox, [File("note.txt", b"hola")])
