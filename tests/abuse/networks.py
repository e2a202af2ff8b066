"""Networks to attack from: those of labs, with walls around them, ordinary ones for the controls, and ways into both.

Most attacks are made from inside a container's network namespace, but as root of the host, with raw sockets: no learner
gets that far, so what stops root there stops everybody.
"""

from __future__ import annotations

import ctypes
import os
import secrets
import subprocess
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from django.conf import settings

from sandboxes.agent_client import AgentClient
from sandboxes.runtimes.base import SandboxRequest
from sandboxes.runtimes.docker import DockerRuntime
from sandboxes.runtimes.host import Host
from sandboxes.runtimes.place import INSTANCE_LABEL
from sandboxes.runtimes.profiles import ENGINE
from sandboxes.runtimes.walls import ReportedWalls
from tests.abuse.harness import Range, Subject

T = TypeVar("T")
CLONE_NEWNET = 0x40000000
COMMAND_TIMEOUT = 10.0  # seconds; each takes milliseconds
WORK_TIMEOUT = 60.0  # seconds for what is done in a namespace


class Namespace:
    """A network namespace, in which a thread of this process works as root of the host."""

    def __init__(self, path: Path) -> None:
        self._thread = ThreadPoolExecutor(1, initializer=_enter, initargs=(path,))

    def run(self, work: Callable[..., T], *arguments: Any) -> T:
        """Call `work` there. Sockets that it makes stay there, and programs that it starts run there."""
        return self._thread.submit(work, *arguments).result(WORK_TIMEOUT)

    def close(self) -> None:
        """End the thread."""
        self._thread.shutdown()


def _enter(path: Path) -> None:
    with path.open() as namespace:
        if ctypes.CDLL(None, use_errno=True).setns(namespace.fileno(), CLONE_NEWNET):
            raise OSError(ctypes.get_errno(), "setns")


def command(*argv: str) -> str:
    """Run a program of the host, in the namespace of the thread that asks. Raises CalledProcessError."""
    done = subprocess.run(argv, capture_output=True, text=True, timeout=COMMAND_TIMEOUT, check=True)
    return done.stdout


@dataclass(frozen=True)
class Box:
    """A container with a network."""

    subject: Subject
    namespace: Namespace
    bridge: str
    address: str
    gateway: str
    mac: str
    facts: dict[str, Any]
    """What the engine says of it."""


def runtime_of(range_: Range, report: Path | None = None) -> DockerRuntime:
    """The platform's own, with the walls of this machine or of another report."""
    host = Host(disk_limits=True, tunnels=True, networks=settings.MUELLE_LAB_NETWORKS)
    walls = ReportedWalls(report or Path(settings.MUELLE_WALLS_REPORT))
    return DockerRuntime(engine_url=range_.engine_url, place=range_.place, host=host, walls=walls)


def request_of(range_: Range, image: str = "") -> SandboxRequest:
    """For one more sandbox with a network; the usual image holds the probes and no engine."""
    identity = uuid.uuid4()
    name = range_.place.sandbox_name(identity.hex)
    return SandboxRequest(
        name=name, sandbox_id=str(identity), image=image or range_.image, profile=ENGINE.name, limits=ENGINE.least
    )


@contextmanager
def walled(range_: Range, image: str = "") -> Iterator[Box]:
    """A sandbox with a network, as the platform makes it."""
    request, runtime = request_of(range_, image), runtime_of(range_)
    try:
        handle = runtime.create(request)
        runtime.start(handle)
        subject = Subject(request.name, handle, AgentClient(range_.place.agent_socket(request.name)))
        with _box(range_, subject, "mul" + request.name.rpartition("-")[2]) as box:
            yield box
    finally:
        runtime.destroy(request.name)
        runtime.close()


@contextmanager
def plain_bridge(range_: Range) -> Iterator[str]:
    """The name, and that of the interface, of a network as any container may have it: no wall knows it.

    The host's own firewall lets its containers talk to each other, which not every host does (br_netfilter).
    """
    name = f"abu{secrets.token_hex(5)}"
    labels = {INSTANCE_LABEL: range_.place.instance}
    made = range_.client.create_network(
        name, driver="bridge", labels=labels, options={"com.docker.network.bridge.name": name}
    )
    try:
        with forwarding("-i", name, "-o", name):
            yield name
    finally:
        range_.client.remove_network(made["Id"])


@contextmanager
def forwarding(*packets: str) -> Iterator[None]:
    """Have the host's own firewall pass on such packets; what it thinks of them differs from host to host."""
    rule = ("FORWARD", *packets, "-j", "ACCEPT")
    command("iptables", "--wait", "-I", *rule)
    try:
        yield
    finally:
        command("iptables", "--wait", "-D", *rule)


@contextmanager
def unwalled(range_: Range, bridge: str, name_server: str = "") -> Iterator[Box]:
    """A container on such a network: the control, which the invariants must refuse."""

    def connect(body: dict[str, Any], host: dict[str, Any]) -> None:
        body["NetworkDisabled"] = False
        host.update(NetworkMode=bridge, Dns=[name_server] if name_server else [])

    with range_.weakened(connect) as subject, _box(range_, subject, bridge) as box:
        yield box


@contextmanager
def _box(range_: Range, subject: Subject, bridge: str) -> Iterator[Box]:
    facts: dict[str, Any] = range_.client.inspect_container(subject.handle)
    [network] = facts["NetworkSettings"]["Networks"].values()
    namespace = Namespace(Path(f"/proc/{facts['State']['Pid']}/ns/net"))
    try:
        yield Box(
            subject=subject,
            namespace=namespace,
            bridge=bridge,
            address=network["IPAddress"],
            gateway=network["Gateway"],
            mac=network["MacAddress"],
            facts=facts,
        )
    finally:
        namespace.close()


@contextmanager
def addresses_on_the_host(*addresses: str) -> Iterator[None]:
    """More addresses of this machine, on a bridge without ports: not every kernel has `dummy` interfaces."""
    name = f"abd{secrets.token_hex(5)}"
    command("ip", "link", "add", name, "type", "bridge")
    try:
        for address in addresses:
            command("ip", "address", "add", address, "dev", name, *(["nodad"] if ":" in address else []))
        command("ip", "link", "set", name, "up")
        yield
    finally:
        command("ip", "link", "delete", name)


@contextmanager
def empty_namespace() -> Iterator[tuple[str, Namespace]]:
    """A network namespace that has nothing yet, and its name."""
    name = f"abn{secrets.token_hex(5)}"
    command("ip", "netns", "add", name)
    try:
        namespace = Namespace(Path("/run/netns") / name)
        try:
            yield name, namespace
        finally:
            namespace.close()
    finally:
        command("ip", "netns", "delete", name)


@contextmanager
def outside(route: str) -> Iterator[Namespace]:
    """A machine next to this one, which takes it for its router; `route` is the network between the two, a /30.

    The host's own firewall lets all of its packets through, in both directions, so that only the walls can stop them.
    """
    ours, theirs = (f"abo{secrets.token_hex(5)}" for _ in range(2))
    base = route.rpartition(".")[0]
    with empty_namespace() as (name, namespace):
        command("ip", "link", "add", ours, "type", "veth", "peer", "name", theirs, "netns", name)
        command("ip", "address", "add", f"{base}.1/30", "dev", ours)
        command("ip", "link", "set", ours, "up")
        namespace.run(command, "ip", "address", "add", f"{base}.2/30", "dev", theirs)
        namespace.run(command, "ip", "link", "set", theirs, "up")
        namespace.run(command, "ip", "route", "add", "default", "via", f"{base}.1")
        with forwarding("-i", ours), forwarding("-o", ours):
            yield namespace


def has_power() -> bool:
    """Whether these attacks can be made: they need root, and walls to be made on."""
    return os.geteuid() == 0 and bool(settings.MUELLE_LAB_NETWORKS and settings.MUELLE_MIRROR)
