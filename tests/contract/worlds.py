"""The runtimes that the contract suite runs on, each with what a test needs to meddle with its engine."""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import docker
from django.conf import settings
from docker import errors

from sandboxes.runtimes.base import EngineUnavailable, Runtime, RuntimeFault, SandboxRequest
from sandboxes.runtimes.docker import DockerRuntime
from sandboxes.runtimes.fake import FakeEngine, FakeRuntime
from sandboxes.runtimes.host import Host
from sandboxes.runtimes.place import INSTANCE_LABEL, Place
from sandboxes.runtimes.profiles import ENGINE
from sandboxes.runtimes.walls import NoWalls, ReportedWalls

POOL = "10.213.0.0/16"
ABLE = Host(disk_limits=True, tunnels=True, networks=POOL)


@dataclass(frozen=True)
class World:
    """One engine, and two installations on it that know nothing of each other."""

    ours: Runtime
    place: Place
    theirs: Runtime
    their_place: Place
    unable: Runtime
    """As `ours`, on a machine of which nothing was proved."""
    unwalled: Runtime
    """As `ours`, where the firewall around labs does not stand."""
    without_engine: Runtime
    """As `ours`, but its engine is down."""
    image: str
    engine_image: str
    """The one for sandboxes with an engine of their own."""
    kill: Callable[[str], None]
    """End the sandbox of that name from outside, as the kernel does when memory runs out."""
    lose: Callable[[str], None]
    """Take the container of that name away, and leave its network, as a crash at the wrong moment does."""
    networks: Callable[[], set[str]]
    """The names of all networks that belong to ours."""


@contextmanager
def fake_world(run_directory: Path) -> Iterator[World]:
    """Containers in memory."""
    places = [_place(run_directory, "muelle-agent-0123456789ab") for _ in range(2)]
    engine, broken = FakeEngine(), FakeEngine()
    broken.fault = EngineUnavailable("switched off")
    try:
        yield World(
            ours=FakeRuntime(place=places[0], host=ABLE, engine=engine),
            place=places[0],
            theirs=FakeRuntime(place=places[1], host=ABLE, engine=engine),
            their_place=places[1],
            unable=FakeRuntime(place=places[0], engine=engine),
            unwalled=FakeRuntime(place=places[0], host=ABLE, engine=engine, walls=NoWalls()),
            without_engine=FakeRuntime(place=places[0], engine=broken),
            image="muelle/standard:0123456789ab",
            engine_image="muelle/engine:0123456789ab",
            kill=engine.kill,
            lose=engine.lose,
            networks=lambda: set(engine.networks),
        )
    finally:
        engine.clear()


@contextmanager
def docker_world(
    run_directory: Path, *, engine_url: str, agent_volume: str, images: Mapping[str, str]
) -> Iterator[World]:
    """A real engine, which may have anything else running on it."""
    places = [_place(run_directory, agent_volume) for _ in range(2)]
    client = docker.APIClient(base_url=engine_url, version="auto", timeout=30)
    label = f"{INSTANCE_LABEL}={places[0].instance}"
    nowhere = f"unix://{run_directory}/no-engine.sock"
    walls = ReportedWalls(Path(settings.MUELLE_WALLS_REPORT))
    ours, theirs = (DockerRuntime(engine_url=engine_url, place=place, host=ABLE, walls=walls) for place in places)
    try:
        yield World(
            ours=ours,
            place=places[0],
            theirs=theirs,
            their_place=places[1],
            unable=DockerRuntime(engine_url=engine_url, place=places[0]),
            unwalled=DockerRuntime(engine_url=engine_url, place=places[0], host=ABLE, walls=NoWalls()),
            without_engine=DockerRuntime(engine_url=nowhere, place=places[0]),
            image=images["standard"],
            engine_image=images["engine"],
            kill=lambda name: _kill(client, name),
            lose=lambda name: client.remove_container(name, force=True, v=True),
            networks=lambda: {network["Name"] for network in client.networks(filters={"label": label})},
        )
    finally:
        for place in places:
            label = f"{INSTANCE_LABEL}={place.instance}"
            for left in client.containers(all=True, filters={"label": label}):
                with suppress(errors.APIError, RuntimeFault):
                    client.remove_container(left["Id"], force=True, v=True)
            for network in client.networks(filters={"label": label}):
                with suppress(errors.APIError):
                    client.remove_network(network["Id"])
        for connected in (client, ours, theirs):
            connected.close()


def _place(run_directory: Path, agent_volume: str) -> Place:
    instance = secrets.token_hex(4)
    return Place(instance=instance, run_directory=run_directory / instance, agent_volume=agent_volume)


def _kill(client: docker.APIClient, name: str) -> None:
    client.kill(name)
    client.wait(name, timeout=10)


def a_request(world: World, place: Place | None = None, **changes: Any) -> SandboxRequest:
    identity = uuid.uuid4()
    name = (place or world.place).sandbox_name(identity.hex)
    return SandboxRequest(**{"name": name, "sandbox_id": str(identity), "image": world.image, **changes})


def an_engine_request(world: World) -> SandboxRequest:
    return a_request(world, image=world.engine_image, profile="engine", limits=ENGINE.default)
