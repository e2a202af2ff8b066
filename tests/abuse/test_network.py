"""C01 to C06: a lab with a network reaches the mirror of its machine and nothing else, and nobody reaches the lab."""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from content.documents import FileDocument
from sandboxes.agent_client import DEFAULT_ENVIRONMENT
from sandboxes.inner_engine import bring_up
from sandboxes.interior import lay_out_home, push_to_home
from sandboxes.runtimes.profiles import ENGINE
from tests.abuse.harness import Range, as_root_with_everything
from tests.abuse.listening import SCAN_WAIT, SETTLE, Ear, Sniffer, ask, ask_by_tcp, say, scan, shower
from tests.abuse.networks import (
    Box,
    addresses_on_the_host,
    command,
    has_power,
    outside,
    plain_bridge,
    unwalled,
    walled,
)
from tools.mirror import places as mirror

pytestmark = [pytest.mark.docker, pytest.mark.abuse]

# Where clouds keep the credentials of their machines.
METADATA = ("169.254.169.254", "100.100.100.200", "168.63.129.16")
# Addresses for documentation (RFC 5737), so that no packet of these tests goes anywhere.
SINK = "203.0.113.53"
BETWEEN = "203.0.113.0"  # not where other suites lay cables (tests/plain_engine.py)
MIRROR_PORTS = {mirror.DNS_PORT, mirror.PACKAGES_PORT_OF_LABS, mirror.REGISTRY_PORT, mirror.HUB_PORT_OF_LABS}
# Open to the machine itself, and to labs under another number or not at all.
INNER_PORTS = {mirror.PACKAGES_PORT, mirror.HUB_PORT, mirror.NAMES_PORT}
LISTENING = "0A"
ATTEMPTS = 3
# A small image of the same machine, and the first container of a new engine.
INNER_SECONDS = 60.0


@pytest.fixture(scope="module")
def lab(range_: Range) -> Iterator[Box]:
    """A sandbox with a network, as the platform makes it."""
    if not has_power():
        pytest.skip("no walls on this machine, or nobody who is root to try them")
    with walled(range_) as made:
        yield made


@pytest.fixture(scope="module")
def neighbour(range_: Range, lab: Box) -> Iterator[Box]:
    """Another one."""
    with walled(range_) as made:
        yield made


@pytest.fixture(scope="module")
def bridge(range_: Range, lab: Box) -> Iterator[str]:
    """An ordinary network."""
    with plain_bridge(range_) as made:
        yield made


@pytest.fixture(scope="module")
def control(range_: Range, bridge: str) -> Iterator[Box]:
    """A container on it, for which there are no walls."""
    with addresses_on_the_host(f"{SINK}/32"), unwalled(range_, bridge, SINK) as made:
        yield made


@pytest.fixture(scope="module")
def beside(range_: Range, bridge: str) -> Iterator[Box]:
    """Another container on the same network."""
    with unwalled(range_, bridge) as made:
        yield made


@pytest.fixture
def marker() -> str:
    """Bytes that nobody else sends."""
    return f"m{secrets.token_hex(10)}"


def test_c01_no_metadata_server_is_reached(lab: Box, control: Box, marker: str) -> None:
    with addresses_on_the_host(*(f"{address}/32" for address in METADATA)), Ear(*METADATA, port=80) as server:
        with ThreadPoolExecutor(len(METADATA)) as at_once:
            tries = list(at_once.map(lambda address: lab.subject.probe("tcp", address, "80"), METADATA))
        assert tries == [{"80": "EINPROGRESS"}] * len(METADATA)
        for address in METADATA:
            lab.namespace.run(say, address, 80, marker.encode())
        assert server.heard == []

        for address in METADATA:
            assert control.subject.probe("tcp", address, "80") == {"80": "ok"}
            control.namespace.run(say, address, 80, marker.encode())
        time.sleep(SETTLE)
    assert {heard.sender for heard in server.heard} == {control.address}
    assert sorted(heard.how for heard in server.heard if heard.data) == ["tcp"] * 3 + ["udp"] * 3


def listening_ports() -> set[int]:
    """The ports of this machine on which anybody listens by TCP."""
    lines = [line.split() for name in ("tcp", "tcp6") for line in Path(f"/proc/net/{name}").read_text().splitlines()]
    return {int(words[1].rpartition(":")[2], 16) for words in lines if words[3] == LISTENING}


def own_addresses() -> set[str]:
    """The addresses of this machine, but for those that every machine has."""
    links = json.loads(command("ip", "-json", "-4", "address", "show"))
    found = {entry["local"] for link in links for entry in link["addr_info"]}
    return {address for address in found if not address.startswith("127.")}


def test_c02_of_the_host_only_the_mirror_answers(lab: Box, control: Box, marker: str) -> None:
    addresses = own_addresses()
    assert {lab.gateway, mirror.ADDRESS, SINK} <= addresses
    with Ear("0.0.0.0") as ear:
        ports = listening_ports() | {22, 2375, 6379, 5432}
        assert {ear.port} | INNER_PORTS <= ports
        ports |= MIRROR_PORTS

        answered = lab.namespace.run(scan, [(address, port) for address in addresses for port in ports])
        for address in (lab.gateway, mirror.ADDRESS, SINK):
            lab.namespace.run(say, address, ear.port, marker.encode())
        heard_of_lab, ear.heard = ear.heard, []

        assert answered == {(mirror.ADDRESS, port) for port in MIRROR_PORTS}
        assert heard_of_lab == []
        control.namespace.run(say, control.gateway, ear.port, marker.encode())
        assert (control.gateway, ear.port) in control.namespace.run(scan, [(control.gateway, ear.port)])
        time.sleep(SETTLE)
    assert {heard.how for heard in ear.heard if heard.data} == {"udp", "tcp"}


def give_ipv6(number: str) -> None:
    """Have IPv6 on the wire of this namespace, as an attacker would who could."""
    Path("/proc/sys/net/ipv6/conf/all/disable_ipv6").write_text("0")
    Path("/proc/sys/net/ipv6/conf/eth0/disable_ipv6").write_text("0")
    command("ip", "address", "add", f"fe80::{number}/64", "dev", "eth0", "nodad")


def link_local(bridge: str) -> str:
    """The IPv6 address that the host has on a bridge, given one if it has none."""
    Path(f"/proc/sys/net/ipv6/conf/{bridge}/disable_ipv6").write_text("0")
    command("ip", "address", "replace", "fe80::1:1/64", "dev", bridge, "nodad")
    return "fe80::1:1%eth0"


def test_c02_the_host_is_deaf_to_ipv6(lab: Box, control: Box) -> None:
    assert "eth0" not in lab.subject.read("/proc/net/if_inet6")
    with Ear("::") as ear:
        for box, number, expected in ((lab, "77", False), (control, "78", True)):
            box.namespace.run(give_ipv6, number)
            target = (link_local(box.bridge), ear.port)
            # Machines that have just met on a wire may miss each other's first questions.
            assert any(box.namespace.run(scan, [target]) for _ in range(ATTEMPTS)) is expected, box
        time.sleep(SETTLE)
    assert {heard.sender.partition("%")[0] for heard in ear.heard} == {"fe80::78"}


def tell_by_dns(box: Box, marker: str, server: str) -> dict[str, int | None]:
    """Try to get a marker out as the name of a machine, in every way there is."""
    ways = {
        "engine-udp": box.namespace.run(ask, "127.0.0.11", f"{marker}.example.org", SCAN_WAIT),
        "engine-tcp": box.namespace.run(ask_by_tcp, "127.0.0.11", f"{marker}.example.org", SCAN_WAIT),
        # Below a name that the mirror has.
        "below-hub": box.namespace.run(ask, "127.0.0.11", f"{marker}.docker.io", SCAN_WAIT),
        "udp": box.namespace.run(ask, server, f"{marker}.example.org"),
        "tcp": box.namespace.run(ask_by_tcp, server, f"{marker}.example.org"),
    }
    time.sleep(SETTLE)
    return ways


def name_server_of_the_host() -> str:
    """Where this machine asks for names; the sink, if it asks nobody."""
    words = [line.split() for line in Path("/etc/resolv.conf").read_text().splitlines()]
    servers = [line[1] for line in words if line[:1] == ["nameserver"] and "." in line[1]]
    return servers[0] if servers else SINK


def test_c03_no_name_gets_out(lab: Box, control: Box, marker: str) -> None:
    resolver = name_server_of_the_host()
    with Ear(SINK, port=53) as sink, Sniffer(marker) as sniffer:
        ways = tell_by_dns(lab, marker, SINK)
        lab.namespace.run(ask, resolver, f"{marker}.example.org")
        lab.namespace.run(ask_by_tcp, resolver, f"{marker}.example.org")

        # The engine asked the mirror, in the lab's own name, and the mirror said that there is no such name.
        assert ways == {"engine-udp": 3, "engine-tcp": 3, "below-hub": 3, "udp": None, "tcp": None}
        assert sink.heard == []
        wires = {interface for interface in sniffer.interfaces if interface.startswith("veth")}
        assert sniffer.interfaces - wires == {lab.bridge}
        assert len(wires) == 1

        ask(resolver, f"{marker}.example.org")
        tell_by_dns(control, marker, SINK)
    assert {(heard.how, heard.sender) for heard in sink.heard} >= {("udp", control.address), ("tcp", control.address)}
    assert [heard.how for heard in sink.heard].count("udp") >= 2
    others = sniffer.interfaces - wires - {lab.bridge, control.bridge}
    assert {name for name in others if not name.startswith("veth")}, "The control: asking as the host is seen."


def meet(attacker: Box, target: Box, marker: str) -> set[str]:
    """Everything that one container can get to another one."""
    with Ear("0.0.0.0", namespace=target.namespace) as ear, Sniffer(marker, target.namespace) as sniffer:
        attacker.namespace.run(shower, target.address, target.mac, ear.port, marker)
        reached = attacker.namespace.run(scan, [(target.address, ear.port)])
        time.sleep(SETTLE)
    assert {heard.sender for heard in ear.heard} <= {attacker.address}
    return sniffer.words | ({"tcp"} if reached else set())


def test_c04_two_labs_never_meet(lab: Box, neighbour: Box, control: Box, beside: Box, marker: str) -> None:
    assert (lab.bridge, lab.address) != (neighbour.bridge, neighbour.address)
    assert meet(lab, neighbour, marker) == set()
    assert meet(neighbour, lab, marker) == set()

    assert meet(control, beside, marker) == {"tcp", "udp", "icmp", "arp", "ipv6", "frame"}


def test_c05_nobody_forges_packets(range_: Range, lab: Box, bridge: str, marker: str) -> None:
    with Sniffer(marker) as on_the_host, Sniffer(marker, lab.namespace) as in_the_lab:
        outcomes = lab.subject.probe("raw", marker, mirror.ADDRESS, lab.gateway)
        time.sleep(SETTLE)

    # Root of a network namespace of one's own may, and no way leads out of there.
    own = {name: outcomes.pop(name) for name in ("own-raw", "own-forged")}
    assert own == {"own-raw": "ok", "own-forged": "ENETUNREACH"}
    assert outcomes == dict.fromkeys(("plain-packet", "plain-raw", "user-packet", "user-raw", "own-packet"), "EPERM")
    assert (on_the_host.seen, in_the_lab.seen) == (set(), set())

    assert forged_by_root(range_, bridge, marker, lab.gateway) == {mirror.ADDRESS}


def forged_by_root(range_: Range, bridge: str, marker: str, receiver: str) -> set[str]:
    """The control: whose packets the host sees of a container that may do everything."""

    def weaken(body: dict[str, Any], host: dict[str, Any]) -> None:
        as_root_with_everything(body, host)
        body["NetworkDisabled"] = False
        host["NetworkMode"] = bridge

    with Sniffer(marker) as on_the_host, range_.weakened(weaken) as control:
        allowed = control.probe("raw", marker, mirror.ADDRESS, receiver)
        time.sleep(SETTLE)
    assert {allowed[name] for name in ("plain-packet", "plain-raw", "plain-forged", "own-packet")} == {"ok"}
    return on_the_host.senders


FORGE = """
docker pull --quiet busybox
docker run --rm --network host --cap-add ALL --security-opt seccomp=unconfined -v ~/raw:/raw busybox /raw "$@"
"""


def test_c05_root_of_an_inner_container_forges_nothing(range_: Range, lab: Box, bridge: str, marker: str) -> None:
    with walled(range_, settings.MUELLE_IMAGES["engine"]) as box, Sniffer(marker) as on_the_host:
        agent = box.subject.agent
        lay_out_home(agent)
        probe = range_.place.run_directory.parent / "probes" / "raw"
        push_to_home(agent, [FileDocument(path="raw", mode=0o755, data=probe.read_bytes())])
        bring_up(agent, ENGINE)
        words = ["/bin/bash", "-ec", FORGE, "forge", marker, mirror.ADDRESS, lab.gateway]
        environment = {**DEFAULT_ENVIRONMENT, **ENGINE.environment}
        result = agent.run(words, env=environment, cwd="/home/learner", timeout=INNER_SECONDS)
        time.sleep(SETTLE)

    # It believes that it does; what arrives at the host, if anything, comes from the lab and says so.
    assert b"plain-forged ok" in result.stdout, result
    assert on_the_host.senders <= {box.address}
    assert forged_by_root(range_, bridge, marker, lab.gateway) >= {mirror.ADDRESS}


def test_c06_nobody_outside_reaches_a_lab(lab: Box, control: Box) -> None:
    assert lab.facts["HostConfig"]["PortBindings"] in (None, {})
    assert not any((lab.facts["NetworkSettings"]["Ports"] or {}).values())
    with (
        Ear("0.0.0.0", namespace=lab.namespace) as ear,
        Ear("0.0.0.0", namespace=control.namespace) as open_ear,
        outside(BETWEEN) as world,
    ):
        answered: set[tuple[str, int]] = set()
        for _attempt in range(ATTEMPTS):  # a busy machine may answer the control late
            answered |= world.run(scan, [(lab.address, ear.port), (control.address, open_ear.port)])
        world.run(say, lab.address, ear.port, b"hello")
        mirrored = world.run(scan, [(mirror.ADDRESS, port) for port in MIRROR_PORTS | INNER_PORTS])

    assert answered == {(control.address, open_ear.port)}
    assert ear.heard == []
    assert mirrored == set()
