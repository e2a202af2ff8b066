"""The network of a sandbox's own, for profiles that have one: the body of the engine's call.

A bridge with one sandbox on it, on which the host has an address, so that the mirror, which is another address of the
host, is reached by way of it. What the engine calls internal would have no way there.
"""

from __future__ import annotations

import ipaddress
import random
from typing import Any

from sandboxes.runtimes.place import INSTANCE_LABEL, SANDBOX_LABEL, Place

# By this beginning the firewall knows sandboxes (tools/engine/places.py); with 12 digits it is as long as names can be.
BRIDGE_PREFIX = "mul"
# 4096 networks in the usual range. The sandbox and the host need two addresses of each.
PREFIX_LENGTH = 28


def random_subnet(pool: str) -> str:
    """One of the pool's subnets: which are free is known to the engine only, and two workers may ask at once."""
    whole = ipaddress.ip_network(pool)
    number = random.randrange(1 << (PREFIX_LENGTH - whole.prefixlen))  # noqa: S311 - not a secret
    step = 1 << (whole.max_prefixlen - PREFIX_LENGTH)
    return f"{whole.network_address + number * step}/{PREFIX_LENGTH}"


def network_body(name: str, sandbox_id: str, subnet: str, place: Place) -> dict[str, Any]:
    """The body for the network of one sandbox, which has the name of its container."""
    return {
        "Name": name,
        "CheckDuplicate": True,
        "Driver": "bridge",
        "Internal": False,
        "Attachable": False,
        "EnableIPv6": False,
        "IPAM": {"Driver": "default", "Options": {}, "Config": [{"Subnet": subnet}]},
        "Options": {
            "com.docker.network.bridge.name": BRIDGE_PREFIX + name.rpartition("-")[2],
            # Nothing leaves it for the outside, so nothing has to look as if it came from the host.
            "com.docker.network.bridge.enable_ip_masquerade": "false",
            "com.docker.network.bridge.enable_icc": "false",
        },
        "Labels": {INSTANCE_LABEL: place.instance, SANDBOX_LABEL: sandbox_id},
    }
