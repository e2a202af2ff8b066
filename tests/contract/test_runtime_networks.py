"""The contract of a runtime where sandboxes have a network of their own, on every runtime there is."""

from __future__ import annotations

import dataclasses
import time

import pytest

from sandboxes.runtimes.base import (
    ContainerState,
    ImageMissing,
    TransientFault,
    WallsDown,
)
from tests.contract.worlds import World, a_request, an_engine_request


def test_a_network_comes_and_goes_with_its_sandbox(world: World) -> None:
    shell, request = a_request(world), an_engine_request(world)

    world.ours.create(shell)
    world.ours.create(request)
    second = world.ours.create(request)

    assert world.networks() == {request.name}
    world.ours.destroy(second)
    assert world.networks() == set()
    assert [seen.name for seen in world.ours.list()] == [shell.name]


def test_a_network_without_a_container_is_seen_and_can_be_destroyed(world: World) -> None:
    before = time.time()
    request = an_engine_request(world)
    world.ours.create(request)
    world.lose(request.name)

    [left] = world.ours.list()

    assert (left.name, left.sandbox_id, left.state) == (request.name, request.sandbox_id, ContainerState.REMAINS)
    assert before - 5 < left.created_at < time.time() + 5
    assert world.theirs.list() == ()
    world.ours.destroy(left.handle)
    assert (world.ours.list(), world.networks()) == ((), set())


def test_a_network_that_was_left_is_replaced(world: World) -> None:
    request = an_engine_request(world)
    world.ours.create(request)
    world.lose(request.name)

    world.ours.create(request)

    assert [seen.state for seen in world.ours.list()] == [ContainerState.CREATED]
    assert world.networks() == {request.name}


def test_a_container_that_cannot_be_made_leaves_no_network(world: World) -> None:
    missing = "muelle/absent:0123456789ab"
    if hasattr(world.ours, "engine"):
        world.ours.engine.missing_images.add(missing)

    with pytest.raises(ImageMissing):
        world.ours.create(dataclasses.replace(an_engine_request(world), image=missing))

    assert world.networks() == set()


def test_without_walls_no_sandbox_with_a_network_is_made(world: World) -> None:
    with pytest.raises(WallsDown) as fault:
        world.unwalled.create(an_engine_request(world))

    assert isinstance(fault.value, TransientFault)
    assert "try again" in fault.value.sentence
    assert (world.ours.list(), world.networks()) == ((), set())
    world.unwalled.create(a_request(world))  # one without a network needs no walls
