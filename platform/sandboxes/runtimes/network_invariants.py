"""What must hold for every network that is made for a sandbox. As closed, and as independent, as `invariants`."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator, Mapping
from typing import Any

from sandboxes.runtimes.base import RequestRefused
from sandboxes.runtimes.place import Place

SANDBOX = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
# Wider ones would take addresses from others, and narrower ones have no room for two machines.
SUBNET_LENGTHS = range(24, 31)
KEYS = frozenset(
    {"Name", "CheckDuplicate", "Driver", "Internal", "Attachable", "EnableIPv6", "IPAM", "Options", "Labels"}
)
PRIVATE = tuple(map(ipaddress.IPv4Network, ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16")))


def check_network(body: Mapping[str, Any], pool: str, place: Place) -> None:
    """Raises RequestRefused, naming every broken invariant; returns when there is none."""
    try:
        broken = list(_breaches(body, pool, place))
    except (AttributeError, KeyError, TypeError, ValueError) as error:  # not even of the right shape
        broken = [repr(error)]
    if broken:
        raise RequestRefused(f"network {str(body.get('Name'))[:64]!r}: " + "; ".join(broken))


def _breaches(body: Mapping[str, Any], pool: str, place: Place) -> Iterator[str]:
    if body.keys() != KEYS:
        yield f"its keys are {sorted(body)}"
    name = re.fullmatch(rf"muelle-{re.escape(place.instance)}-([0-9a-f]{{12}})", body["Name"])
    if not name:
        yield "the name is not one of this instance"
    fixed = {"CheckDuplicate": True, "Driver": "bridge", "Internal": False, "Attachable": False, "EnableIPv6": False}
    yield from (f"{key} is {body[key]!r}" for key, value in fixed.items() if body[key] != value)
    yield from _address_breaches(body["IPAM"], pool)
    options = {
        "com.docker.network.bridge.name": f"mul{name[1] if name else ''}",
        "com.docker.network.bridge.enable_ip_masquerade": "false",
        "com.docker.network.bridge.enable_icc": "false",
    }
    if body["Options"] != options:
        yield f"Options are {body['Options']}"
    labels = body["Labels"]
    if labels.keys() != {"muelle.instance", "muelle.sandbox"} or labels["muelle.instance"] != place.instance:
        yield f"Labels are {labels}"
    elif not SANDBOX.fullmatch(labels["muelle.sandbox"]):
        yield f"the sandbox is {labels['muelle.sandbox']!r}"


def _address_breaches(ipam: Mapping[str, Any], pool: str) -> Iterator[str]:
    [config] = ipam["Config"]
    if ipam != {"Driver": "default", "Options": {}, "Config": [{"Subnet": config["Subnet"]}]}:
        yield f"IPAM is {ipam}"
    subnet, allowed = ipaddress.IPv4Network(config["Subnet"]), ipaddress.IPv4Network(pool)
    if not any(allowed.subnet_of(private) for private in PRIVATE):
        yield f"networks of labs are to be taken from {pool}, which is not private"
    if subnet.prefixlen not in SUBNET_LENGTHS or not subnet.subnet_of(allowed):
        yield f"the subnet {subnet} is not one of {pool}"
