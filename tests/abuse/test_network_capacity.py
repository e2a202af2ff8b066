"""C08, B15, B17: walls that fall and come back, floods of connections, and networks for a class that starts at once."""

from __future__ import annotations

import json
import random
import signal
import socket
import subprocess
import sys
import time
import uuid
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from ipaddress import IPv4Network
from itertools import combinations
from pathlib import Path

import pytest
from django.conf import settings

from sandboxes.runtimes import walls
from sandboxes.runtimes.base import NoSpace, WallsDown
from sandboxes.runtimes.docker_networks import DockerNetworks
from sandboxes.runtimes.place import INSTANCE_LABEL
from tests.abuse.harness import Range
from tests.abuse.listening import scan
from tests.abuse.networks import (
    Namespace,
    command,
    empty_namespace,
    has_power,
    plain_bridge,
    request_of,
    runtime_of,
    unwalled,
    walled,
)
from tools.mirror import places as mirror
from tools.walls.keeper import WATCH_SECONDS

pytestmark = [pytest.mark.docker, pytest.mark.abuse]

ROOT = Path(__file__).resolve().parents[2]
# What a keeper needs besides its pause: to start, and to look, on a busy machine.
KEEPER_SECONDS = 10.0
FLOWS = 20_000
CONTROL_FLOWS = 2_000
# What the rest of the machine may open meanwhile.
OTHERS_FLOWS = 1_000
CLASS = 60
CALLERS = 8  # workers that make sandboxes at the same time
REPETITIONS = 200


@pytest.fixture(scope="module", autouse=True)
def _power() -> None:
    if not has_power():
        pytest.skip("no walls on this machine, or nobody who is root to try them")


def wait_for_report(report: Path, after: float) -> None:
    """Until the keeper has looked once more, after that moment since the machine started."""
    end = time.monotonic() + KEEPER_SECONDS
    while True:
        with suppress(OSError):
            if json.loads(report.read_text())["at"] > after:
                return
        assert time.monotonic() < end, "the keeper does not report"
        time.sleep(0.02)


@contextmanager
def a_keeper(name: str, folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    """The real one, on a network of its own where it can harm nobody, with `folder` in place of /run/muelle."""
    words = [sys.executable, "-m", "tools", "walls", "keep"]
    apart = 'mount --bind "$0" /run/muelle && exec "$@"'
    keeper = subprocess.Popen(["ip", "netns", "exec", name, "sh", "-c", apart, str(folder), *words], cwd=ROOT)
    try:
        yield keeper
    finally:
        keeper.send_signal(signal.SIGCONT)
        keeper.kill()
        keeper.wait(KEEPER_SECONDS)


def test_c08_without_walls_nothing_starts_until_the_keeper_has_put_them_up(
    range_: Range, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    report = tmp_path / "walls.json"
    runtime = runtime_of(range_, report)
    # The worker of this test is one thread, in the network that the keeper looks after.
    monkeypatch.setattr(walls, "OWN_NETWORK", Path("/proc/thread-self/ns/net"))

    def launch(worker: Namespace) -> None:
        request = request_of(range_)
        try:
            worker.run(runtime.create, request)
        finally:
            left = {seen.name for seen in runtime.list()}
            runtime.destroy(request.name)
        assert left == {request.name}

    with empty_namespace() as (name, worker), a_keeper(name, tmp_path) as keeper:
        wait_for_report(report, 0)
        launch(worker)  # the control

        keeper.send_signal(signal.SIGSTOP)
        worker.run(command, "nft", "flush", "ruleset")
        with pytest.raises(WallsDown) as refused:
            worker.run(runtime.create, request_of(range_))
        assert "try again" in refused.value.sentence
        assert runtime.list() == ()
        assert range_.client.networks(filters={"label": f"{INSTANCE_LABEL}={range_.place.instance}"}) == []

        flushed = time.clock_gettime(time.CLOCK_BOOTTIME)
        keeper.send_signal(signal.SIGCONT)
        wait_for_report(report, flushed)
        assert time.clock_gettime(time.CLOCK_BOOTTIME) - flushed < WATCH_SECONDS + 1
        launch(worker)
    runtime.close()


def flood(address: str, flows: int) -> None:
    """Begin that many conversations: half with what may be spoken to, from ever new ports, half with whatever port."""
    for _ in range(flows // 2):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as datagram:
            datagram.sendto(b"?", (mirror.ADDRESS, mirror.DNS_PORT))
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as datagram:
        for port in range(flows // 2):
            datagram.sendto(b"?", (address, 20_000 + port))


def tracked(address: str) -> int:
    """How many conversations of an address the host's kernel keeps in mind."""
    word = f" src={address} "
    with Path("/proc/net/nf_conntrack").open() as table:
        return sum(word in line for line in table)


def all_tracked() -> int:
    return int(Path("/proc/sys/net/netfilter/nf_conntrack_count").read_text())


def test_b15_a_flood_of_connections_fills_no_table_of_the_host(range_: Range) -> None:
    with walled(range_) as lab, walled(range_) as neighbour:
        before = all_tracked()
        assert lab.namespace.run(scan, [(mirror.ADDRESS, mirror.REGISTRY_PORT)])
        lab.namespace.run(flood, lab.gateway, FLOWS)
        openings = [(mirror.ADDRESS, mirror.REGISTRY_PORT)] * (FLOWS // 20)
        lab.namespace.run(open_and_forget, openings)
        served = neighbour.namespace.run(scan, [(mirror.ADDRESS, mirror.PACKAGES_PORT_OF_LABS)])

        assert (tracked(lab.address), tracked(neighbour.address)) == (0, 0)
        assert all_tracked() - before < OTHERS_FLOWS
        assert served == {(mirror.ADDRESS, mirror.PACKAGES_PORT_OF_LABS)}

    with plain_bridge(range_) as bridge, unwalled(range_, bridge) as control:
        control.namespace.run(flood, control.gateway, CONTROL_FLOWS)
        # Those to its gateway; the others end at the mirror's own rules, which know who may ask.
        assert tracked(control.address) >= CONTROL_FLOWS // 2


def open_and_forget(targets: list[tuple[str, int]]) -> None:
    """Begin TCP connections as fast as it goes, and look after none."""
    for target in targets:
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM | socket.SOCK_NONBLOCK) as attempt:
            attempt.connect_ex(target)


class Networks:
    """The networks of one instance, made and removed without sandboxes on them."""

    def __init__(self, range_: Range, pool: str) -> None:
        self.range = range_
        self.all = DockerNetworks(range_.client, range_.place, pool)

    def create(self, _: object = None) -> str:
        """Make one more; return its name."""
        identity = uuid.uuid4()
        name = self.range.place.sandbox_name(identity.hex)
        self.all.create(name, str(identity))
        return name

    def there(self) -> dict[str, IPv4Network]:
        """The subnet of each by its name."""
        found = self.range.client.networks(filters={"label": f"{INSTANCE_LABEL}={self.range.place.instance}"})
        return {network["Name"]: IPv4Network(network["IPAM"]["Config"][0]["Subnet"]) for network in found}

    def remove_all(self) -> None:
        """Remove what is there."""
        with ThreadPoolExecutor(CALLERS) as pool:
            list(pool.map(self.all.remove, self.there()))


@pytest.fixture
def networks(range_: Range) -> Iterator[Networks]:
    """Those of the pool of this machine; none is left."""
    made = Networks(range_, settings.MUELLE_LAB_NETWORKS)
    try:
        yield made
    finally:
        made.remove_all()


def bridges(names: Iterable[str]) -> set[str]:
    """Those interfaces of this machine that belong to networks of such names."""
    return {interface.name for interface in Path("/sys/class/net").iterdir()} & {f"mul{name[-12:]}" for name in names}


def test_b17_a_class_that_starts_at_once_gets_a_network_each(networks: Networks) -> None:
    with ThreadPoolExecutor(CALLERS) as pool:
        names = list(pool.map(networks.create, range(CLASS)))
        there = networks.there()
        assert there.keys() == set(names)
        assert len(bridges(names)) == CLASS
        assert not [pair for pair in combinations(there.values(), 2) if pair[0].overlaps(pair[1])]

        # Some leave while others come, in any order.
        leaving = random.Random(17).sample(names, CLASS // 2)
        gone = [pool.submit(networks.all.remove, name) for name in leaving]
        come = [pool.submit(networks.create) for _ in leaving]
        for future in gone:
            future.result()
        expected = (set(names) - set(leaving)) | {future.result() for future in come}
        assert networks.there().keys() == expected

    networks.remove_all()
    assert (networks.there(), bridges(expected)) == ({}, set())


def test_b17_two_hundred_in_turn_leave_nothing(networks: Networks) -> None:
    names = []
    for _ in range(REPETITIONS):
        names.append(networks.create())
        networks.all.remove(names[-1])

    assert (networks.there(), bridges(names)) == ({}, set())


def test_b17_an_exhausted_pool_is_said(range_: Range) -> None:
    """The control: a range of two networks is used up by the third, and one that leaves makes room."""
    small = Networks(range_, "192.168.254.0/27")
    try:
        first, _ = small.create(), small.create()
        with pytest.raises(NoSpace):
            small.create()
        small.all.remove(first)
        small.create()
    finally:
        small.remove_all()
