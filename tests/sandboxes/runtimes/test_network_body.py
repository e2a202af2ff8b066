"""The network of a sandbox, and what may never be asked for as one."""

from __future__ import annotations

import ipaddress
from typing import Any

import pytest

from sandboxes.runtimes.base import RequestRefused
from sandboxes.runtimes.container_body import MIRROR, container_body
from sandboxes.runtimes.network_body import network_body, random_subnet
from sandboxes.runtimes.network_invariants import check_network
from tests.sandboxes.runtimes.requests import PLACE, put, request
from tools.engine import places as engine_places
from tools.mirror import places as mirror_places
from tools.walls import places as walls_places

POOL = "10.213.0.0/16"


def a_network() -> dict[str, Any]:
    return network_body(request().name, request().sandbox_id, random_subnet(POOL), PLACE)


def test_networks_as_they_are_made_pass() -> None:
    for _ in range(1000):
        check_network(a_network(), POOL, PLACE)


@pytest.mark.parametrize("pool", engine_places.SESSION_POOLS)
def test_subnets_are_drawn_from_the_whole_pool(pool: str) -> None:
    drawn = {ipaddress.ip_network(random_subnet(pool)) for _ in range(500)}

    assert all(subnet.subnet_of(ipaddress.ip_network(pool)) for subnet in drawn)
    assert len(drawn) > 350
    assert {subnet.num_addresses for subnet in drawn} == {16}


def test_the_bridge_is_one_that_the_walls_are_around() -> None:
    bridge = a_network()["Options"]["com.docker.network.bridge.name"]

    assert bridge.startswith(walls_places.BRIDGES)
    assert len(bridge) == 15  # of which an interface has at most


def test_it_leads_to_the_mirror_of_this_machine() -> None:
    assert container_body(request(profile="engine"), PLACE)["HostConfig"]["Dns"] == [mirror_places.ADDRESS]
    assert MIRROR == walls_places.ADDRESS == mirror_places.ADDRESS


HARMFUL: list[tuple[str, Any]] = [
    ("Name", "bridge"),
    ("Name", "muelle-89abcdef-6e1b1c395f0e"),
    ("Driver", "macvlan"),
    ("Driver", "host"),
    ("CheckDuplicate", False),
    ("Attachable", True),
    ("EnableIPv6", True),
    ("Ingress", True),
    ("ConfigOnly", True),
    ("Options", {}),
    ("Options", {"parent": "eth0"}),
    ("Labels", {}),
    ("Labels", {"muelle.instance": "89abcdef", "muelle.sandbox": request().sandbox_id}),
    ("Labels", {"muelle.instance": "0123abcd", "muelle.sandbox": "mine"}),
    ("IPAM", {}),
    ("IPAM", {"Driver": "other", "Options": {}, "Config": [{"Subnet": "10.213.0.0/28"}]}),
    ("IPAM.Config", []),
    ("IPAM.Config", [{"Subnet": "10.213.0.0/28"}, {"Subnet": "10.213.1.0/28"}]),
    ("IPAM.Config", [{"Subnet": "10.213.0.0/28", "Gateway": "10.213.0.9"}]),
    ("IPAM.Config", [{"Subnet": "10.213.0.0/16"}]),
    ("IPAM.Config", [{"Subnet": "10.212.0.0/28"}]),
    ("IPAM.Config", [{"Subnet": "0.0.0.0/0"}]),
    ("IPAM.Config", [{"Subnet": "fd00::/64"}]),
    ("IPAM.Config", [{"Subnet": "x"}]),
]


@pytest.mark.parametrize(("path", "value"), HARMFUL, ids=[f"{path}={str(value)[:40]}" for path, value in HARMFUL])
def test_each_harmful_change_is_refused(path: str, value: Any) -> None:
    changed = a_network()
    put(changed, path, value)

    with pytest.raises(RequestRefused):
        check_network(changed, POOL, PLACE)


@pytest.mark.parametrize(
    ("option", "value"),
    [("name", "docker0"), ("name", "mul000000000000"), ("enable_ip_masquerade", "true"), ("enable_icc", "true"),
     ("host_binding_ipv4", "0.0.0.0")],
)  # fmt: skip
def test_each_harmful_option_is_refused(option: str, value: str) -> None:
    changed = a_network()
    changed["Options"][f"com.docker.network.bridge.{option}"] = value

    with pytest.raises(RequestRefused):
        check_network(changed, POOL, PLACE)


@pytest.mark.parametrize("pool", ["", "0.0.0.0/0", "8.8.0.0/16", "169.254.0.0/16", "fd00::/8", "10.0.0.0"])
def test_a_pool_that_is_not_private_is_refused(pool: str) -> None:
    with pytest.raises(RequestRefused):
        check_network(a_network(), pool, PLACE)
