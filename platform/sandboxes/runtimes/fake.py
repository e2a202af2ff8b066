"""A runtime in memory, for tests and for trying the site without an engine. It keeps the contract of `base.Runtime`:
the same suite (tests/contract/test_runtime*.py) runs on this and on Docker.

Its containers have a `FakeAgent`, which answers every program with `FakeEngine.program` and every connection with
`FakeEngine.listener`; the defaults are silent success and an inner engine that answers its ping. Set `fault` to have
every call raise it, as if the engine were down.
"""

from __future__ import annotations

import itertools
import threading
import time
from dataclasses import dataclass, replace

from sandboxes.runtimes.base import (
    ContainerState,
    EngineFacts,
    ImageMissing,
    NotOurs,
    RequestRefused,
    RunningSandbox,
    RuntimeFault,
    SandboxMissing,
    SandboxRequest,
    SandboxStats,
)
from sandboxes.runtimes.container_body import container_body
from sandboxes.runtimes.fake_agent import Answer, Call, FakeAgent, Listener, Program
from sandboxes.runtimes.host import NOTHING_PROVED, Host
from sandboxes.runtimes.invariants import check_body
from sandboxes.runtimes.place import Place
from sandboxes.runtimes.profiles import ENGINE, profile_named
from sandboxes.runtimes.walls import Walls


def _pong(address: str, _request: bytes) -> bytes | None:
    engine = ENGINE.inner_engine
    return b"HTTP/1.0 200 OK\r\n\r\nOK" if engine and address == f"unix:{engine.socket}" else None


FACTS = EngineFacts(
    version="29.6.0",
    runc="1.4.1",
    kernel="6.20.1",
    cgroup_version="2",
    cgroup_driver="cgroupfs",
    storage_driver="btrfs",
    root="/",
    security=("apparmor", "seccomp"),
    limits=("memory", "swap", "cpu", "pids"),
    live_restore=True,
    containers=0,
)


@dataclass
class FakeContainer:
    """A container as the engine keeps it."""

    instance: str
    seen: RunningSandbox
    request: SandboxRequest
    agent: FakeAgent | None = None


@dataclass(frozen=True)
class FakeNetwork:
    """The network of one sandbox."""

    instance: str
    sandbox_id: str
    created_at: float


class FakeEngine:
    """What several installations on one machine share: containers, images, and being up or down."""

    def __init__(self) -> None:
        self.fault: RuntimeFault | None = None
        self.facts = FACTS
        self.missing_images: set[str] = set()
        self.program: Program = lambda _call: Answer()
        self.listener: Listener = _pong
        self.calls: list[Call] = []
        """Every program that was run, in any sandbox, oldest first."""
        self.containers: dict[str, FakeContainer] = {}
        """By handle."""
        self.networks: dict[str, FakeNetwork] = {}
        """By name."""
        self.lock = threading.Lock()
        self._numbers = itertools.count(1)

    def new_handle(self) -> str:
        return f"{next(self._numbers):064x}"

    def find(self, handle_or_name: str) -> FakeContainer | None:
        by_handle = self.containers.get(handle_or_name)
        if by_handle is not None:
            return by_handle
        return next((found for found in self.containers.values() if found.seen.name == handle_or_name), None)

    def answer(self, call: Call) -> Answer:
        self.calls.append(call)
        return self.program(call)

    def listen(self, address: str, request: bytes) -> bytes | None:
        return self.listener(address, request)

    def kill(self, name: str) -> None:
        """Ends the agent of a sandbox as if it had been killed, for tests of what happens then."""
        container = self.find(name)
        if container is None or container.agent is None:
            raise SandboxMissing(name)
        container.agent.stop()
        container.seen = replace(container.seen, state=ContainerState.EXITED)

    def lose(self, name: str) -> None:
        """Takes a container away and leaves its network, as a crash at the wrong moment does, for tests of that."""
        container = self.find(name)
        if container is None:
            raise SandboxMissing(name)
        if container.agent is not None:
            container.agent.stop()
        del self.containers[container.seen.handle]

    def clear(self) -> None:
        """Removes everything, for the end of a test."""
        self.fault = None
        for container in list(self.containers.values()):
            if container.agent is not None:
                container.agent.stop()
        self.containers.clear()
        self.networks.clear()


class StandingWalls:
    """Nothing gets out of memory."""

    def check(self) -> None:
        return


class FakeRuntime:
    """See `base.Runtime`. `engine` is what tests turn and look at."""

    def __init__(
        self,
        *,
        place: Place,
        host: Host = NOTHING_PROVED,
        engine: FakeEngine | None = None,
        walls: Walls | None = None,
    ) -> None:
        self.engine = engine or FakeEngine()
        self._place = place
        self._host = host
        self._walls = walls or StandingWalls()

    def create(self, request: SandboxRequest) -> str:
        self._raise_fault()
        profile = profile_named(request.profile)
        self._host.check_profile(profile)
        check_body(request.name, request.profile, container_body(request, self._place), self._place)
        if profile.private_network:
            self._walls.check()
        if request.image in self.engine.missing_images:
            raise ImageMissing(f"image {request.image} is not on this engine")
        with self.engine.lock:
            leftover = self._find_ours(request.name)
            if leftover is not None and leftover.seen.state != ContainerState.CREATED:
                raise RequestRefused(f"{request.name} exists and is {leftover.seen.state}")
            if leftover is not None:
                del self.engine.containers[leftover.seen.handle]
            seen = RunningSandbox(
                handle=self.engine.new_handle(),
                name=request.name,
                sandbox_id=request.sandbox_id,
                state=ContainerState.CREATED,
                created_at=time.time(),
            )
            if profile.private_network:
                network = FakeNetwork(self._place.instance, request.sandbox_id, seen.created_at)
                self.engine.networks[request.name] = network
            self.engine.containers[seen.handle] = FakeContainer(self._place.instance, seen, request)
        return seen.handle

    def start(self, handle: str) -> None:
        self._raise_fault()
        with self.engine.lock:
            container = self._find_ours(handle)
            if container is None or container.seen.state == ContainerState.EXITED:
                raise SandboxMissing(handle)
            if container.agent is None:
                socket_path = self._place.agent_socket(container.seen.name)
                container.agent = FakeAgent(socket_path, self.engine.answer, self.engine.listen)
                container.seen = replace(container.seen, state=ContainerState.RUNNING)

    def destroy(self, handle_or_name: str) -> None:
        self._raise_fault()
        with self.engine.lock:
            container = self._find_ours(handle_or_name)
            name = container.seen.name if container else handle_or_name
            if self._place.owns_name(name):
                self.engine.networks.pop(name, None)
            if container is None:
                return
            del self.engine.containers[container.seen.handle]
        if container.agent is not None:
            container.agent.stop()

    def list(self) -> tuple[RunningSandbox, ...]:
        self._raise_fault()
        with self.engine.lock:
            containers = tuple(item.seen for item in self.engine.containers.values() if self._is_ours(item))
            names = {seen.name for seen in containers}
            networks = [(name, item) for name, item in self.engine.networks.items() if self._is_ours(item)]
        remains = (_remains(name, network) for name, network in networks if name not in names)
        return (*containers, *remains)

    def stats(self, handle: str) -> SandboxStats:
        self._raise_fault()
        container = self._find_ours(handle)
        if container is None or container.seen.state != ContainerState.RUNNING:
            raise SandboxMissing(handle)
        limit = container.request.limits.memory_bytes
        return SandboxStats(memory_bytes=limit // 16, memory_limit_bytes=limit, cpu_seconds=0.01, pids=1)

    def facts(self) -> EngineFacts:
        self._raise_fault()
        return replace(self.engine.facts, containers=len(self.engine.containers))

    def _is_ours(self, item: FakeContainer | FakeNetwork) -> bool:
        return item.instance == self._place.instance

    def _find_ours(self, handle_or_name: str) -> FakeContainer | None:
        found = self.engine.find(handle_or_name)
        if found is not None and found.instance != self._place.instance:
            raise NotOurs(f"container {handle_or_name} does not belong to instance {self._place.instance}")
        return found

    def _raise_fault(self) -> None:
        if self.engine.fault is not None:
            raise self.engine.fault


def _remains(name: str, network: FakeNetwork) -> RunningSandbox:
    return RunningSandbox(
        handle=name,
        name=name,
        sandbox_id=network.sandbox_id,
        state=ContainerState.REMAINS,
        created_at=network.created_at,
    )
