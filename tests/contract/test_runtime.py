"""The contract of a runtime (sandboxes.runtimes.base), on every runtime there is."""

from __future__ import annotations

import gc
import time
import uuid
import warnings
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from sandboxes.agent_client import AgentClient, AgentUnavailable
from sandboxes.inner_engine import answers, bring_up
from sandboxes.limits import GIB, MIB, Limits
from sandboxes.runtimes.base import (
    ContainerState,
    EngineUnavailable,
    ImageMissing,
    NoDiskLimits,
    PermanentFault,
    RequestRefused,
    Runtime,
    RuntimeFault,
    SandboxMissing,
    TransientFault,
)
from sandboxes.runtimes.place import Place
from sandboxes.runtimes.profiles import ENGINE
from tests.contract.worlds import World, a_request, an_engine_request


def agent_of(place: Place, name: str) -> AgentClient:
    return AgentClient(place.agent_socket(name))


@pytest.fixture
def running(world: World) -> tuple[str, str]:
    """Handle and name of a sandbox of ours that runs."""
    request = a_request(world)
    handle = world.ours.create(request)
    world.ours.start(handle)
    return handle, request.name


def test_created_is_listed_and_does_not_run(world: World) -> None:
    before = time.time()
    request = a_request(world)

    handle = world.ours.create(request)

    [seen] = world.ours.list()
    assert (seen.handle, seen.name, seen.sandbox_id) == (handle, request.name, request.sandbox_id)
    assert seen.state == ContainerState.CREATED
    assert before - 5 < seen.created_at < time.time() + 5
    with pytest.raises(AgentUnavailable):
        agent_of(world.place, request.name).wait_ready(timeout=0.1)


def test_creating_twice_leaves_one_container(world: World) -> None:
    request = a_request(world)
    world.ours.create(request)

    second = world.ours.create(request)

    assert [seen.handle for seen in world.ours.list()] == [second]


def test_creating_over_a_running_sandbox_is_refused(world: World, running: tuple[str, str]) -> None:
    handle, name = running

    with pytest.raises(RequestRefused):
        world.ours.create(a_request(world, name=name))

    assert [(seen.handle, seen.state) for seen in world.ours.list()] == [(handle, ContainerState.RUNNING)]
    agent_of(world.place, name).wait_ready(timeout=5)


def test_the_agent_answers_when_start_returns(world: World) -> None:
    request = a_request(world)
    handle = world.ours.create(request)

    world.ours.start(handle)

    agent_of(world.place, request.name).ping()
    assert [seen.state for seen in world.ours.list()] == [ContainerState.RUNNING]


def test_starting_twice_changes_nothing(world: World, running: tuple[str, str]) -> None:
    handle, name = running

    world.ours.start(handle)

    assert [seen.handle for seen in world.ours.list()] == [handle]
    agent_of(world.place, name).ping()


def test_starting_what_does_not_exist(world: World) -> None:
    with pytest.raises(SandboxMissing):
        world.ours.start("0" * 64)


def test_what_has_exited_never_comes_back(world: World, running: tuple[str, str]) -> None:
    handle, name = running
    world.kill(name)

    with pytest.raises(SandboxMissing):
        world.ours.start(handle)

    assert [seen.state for seen in world.ours.list()] == [ContainerState.EXITED]


@pytest.mark.parametrize("by", ["handle", "name"])
def test_destroying_removes_container_and_sockets(world: World, running: tuple[str, str], by: str) -> None:
    handle, name = running

    world.ours.destroy(handle if by == "handle" else name)

    assert world.ours.list() == ()
    assert not world.place.agent_socket(name).exists()
    assert not world.place.boot_directory(name).exists()


def test_destroying_twice_or_what_never_was_is_fine(world: World, running: tuple[str, str]) -> None:
    handle, name = running

    for target in (handle, handle, name, world.place.sandbox_name(uuid.uuid4().hex)):
        world.ours.destroy(target)

    assert world.ours.list() == ()


def test_destroying_what_was_only_created(world: World) -> None:
    request = a_request(world)
    world.ours.create(request)

    world.ours.destroy(request.name)

    assert world.ours.list() == ()
    assert not world.place.boot_directory(request.name).exists()


def test_destroying_what_has_exited(world: World, running: tuple[str, str]) -> None:
    _, name = running
    world.kill(name)

    world.ours.destroy(name)

    assert world.ours.list() == ()


def test_everybody_may_destroy_at_once(world: World, running: tuple[str, str]) -> None:
    _, name = running

    with ThreadPoolExecutor(8) as pool:
        outcomes = list(pool.map(lambda _: world.ours.destroy(name), range(8)))

    assert outcomes == [None] * 8
    assert world.ours.list() == ()


def test_others_sandboxes_are_neither_listed_nor_touched(world: World, running: tuple[str, str]) -> None:
    theirs = a_request(world, world.their_place)
    their_handle = world.theirs.create(theirs)
    world.theirs.start(their_handle)

    for attempt in (theirs.name, their_handle):
        with pytest.raises(RequestRefused):
            world.ours.destroy(attempt)
    with pytest.raises(RequestRefused):
        world.ours.start(their_handle)
    with pytest.raises(RequestRefused):
        world.ours.stats(their_handle)

    assert [seen.handle for seen in world.ours.list()] == [running[0]]
    assert [seen.handle for seen in world.theirs.list()] == [their_handle]
    agent_of(world.their_place, theirs.name).ping()


def test_a_name_of_another_instance_cannot_be_created(world: World) -> None:
    with pytest.raises(RequestRefused):
        world.ours.create(a_request(world, world.their_place))

    assert world.theirs.list() == ()


def test_stats_of_a_running_sandbox(world: World) -> None:
    request = a_request(world, limits=Limits(memory_bytes=128 * MIB, disk_bytes=4 * MIB))
    handle = world.ours.create(request)
    world.ours.start(handle)

    stats = world.ours.stats(handle)

    assert stats.memory_limit_bytes == 128 * MIB
    assert 0 < stats.memory_bytes < 64 * MIB
    assert 0 <= stats.cpu_seconds < 10
    assert 1 <= stats.pids < 10


def test_stats_of_what_does_not_run(world: World) -> None:
    handle = world.ours.create(a_request(world))

    for target in (handle, "0" * 64):
        with pytest.raises(SandboxMissing):
            world.ours.stats(target)


def test_what_an_engine_says_of_itself(world: World, running: tuple[str, str]) -> None:
    facts = world.ours.facts()

    assert facts.version[0].isdigit()
    assert facts.runc
    assert facts.kernel[0].isdigit()
    assert facts.cgroup_version in ("1", "2")
    assert facts.root.startswith("/")
    assert "seccomp" in facts.security
    assert {"memory", "pids"} <= set(facts.limits)
    assert facts.containers >= 1


def test_a_missing_image_is_permanent_and_leaves_nothing(world: World) -> None:
    missing = "muelle/absent:0123456789ab"
    if hasattr(world.ours, "engine"):
        world.ours.engine.missing_images.add(missing)
    request = a_request(world, image=missing)

    with pytest.raises(ImageMissing) as fault:
        world.ours.create(request)

    assert isinstance(fault.value, PermanentFault)
    assert missing in fault.value.detail
    assert "setting up again" in fault.value.sentence
    assert world.ours.list() == ()
    assert not world.place.boot_directory(request.name).exists()


@pytest.mark.parametrize(
    "changes",
    [{"profile": "submarine"}, {"limits": Limits(pids=100_000)}, {"image": "debian:latest"}, {"sandbox_id": "mine"}],
    ids=str,
)
def test_what_breaks_an_invariant_is_never_made(world: World, changes: dict[str, Any]) -> None:
    with pytest.raises(RequestRefused):
        world.ours.create(a_request(world, **changes))

    assert world.ours.list() == ()


def test_a_sandbox_with_an_engine_of_its_own(world: World) -> None:
    request = an_engine_request(world)
    handle = world.ours.create(request)
    world.ours.start(handle)
    agent = agent_of(world.place, request.name)

    bring_up(agent, ENGINE)
    bring_up(agent, ENGINE)

    engine = ENGINE.inner_engine
    assert engine
    assert answers(agent, engine)
    assert world.ours.stats(handle).memory_limit_bytes == 2 * GIB
    world.ours.destroy(handle)
    assert world.ours.list() == ()


def test_a_machine_that_cannot_hold_it_makes_none_and_says_why(world: World) -> None:
    with pytest.raises(NoDiskLimits) as fault:
        world.unable.create(an_engine_request(world))

    assert "cannot limit" in fault.value.sentence
    assert world.ours.list() == ()
    world.unable.create(a_request(world))  # a shell it can hold


CALLS: list[Callable[[Runtime, World], object]] = [
    lambda runtime, world: runtime.create(a_request(world)),
    lambda runtime, world: runtime.start("0" * 64),
    lambda runtime, world: runtime.destroy(a_request(world).name),
    lambda runtime, world: runtime.list(),
    lambda runtime, world: runtime.stats("0" * 64),
    lambda runtime, world: runtime.facts(),
]


@pytest.mark.parametrize("call", CALLS, ids=["create", "start", "destroy", "list", "stats", "facts"])
def test_an_engine_that_is_down_is_transient(world: World, call: Callable[[Runtime, World], object]) -> None:
    fault = fault_without_engine(call, world)

    assert issubclass(fault, EngineUnavailable)
    assert issubclass(fault, TransientFault)
    assert "try again" in fault.sentence


def fault_without_engine(call: Callable[[Runtime, World], object], world: World) -> type[RuntimeFault]:
    """What a call raises when the engine is down.

    Docker's client forgets to close the socket that could not connect; it is collected here, where that is no error.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        try:
            call(world.without_engine, world)
        except RuntimeFault as fault:
            kind = type(fault)
        gc.collect()
    return kind
