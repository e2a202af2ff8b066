"""What a sandbox with an engine of its own may have, and not a flag more."""

from __future__ import annotations

from typing import Any

import pytest

from sandboxes.limits import GIB, MIB
from sandboxes.runtimes.base import RequestRefused
from sandboxes.runtimes.container_body import container_body
from sandboxes.runtimes.invariants import check_body
from tests.sandboxes.runtimes.requests import PLACE, body, put, request

# A network of its own, and the mirror's names, are all that it may have of any network.
NOT_ITS_NETWORK: dict[str, list[Any]] = {
    "NetworkDisabled": [True, None, 0],
    "HostConfig.NetworkMode": [
        "none", "host", "bridge", "default", "", "container:muelle-mirror", "muelle-0123abcd-000000000000",
    ],
    "HostConfig.Dns": [[], ["8.8.8.8"], ["10.212.0.1", "8.8.8.8"], ["127.0.0.53"]],
    "HostConfig.DnsSearch": [["example.org"]],
    "HostConfig.DnsOptions": [["use-vc"]],
    "HostConfig.ExtraHosts": [[], ["registry.muelle:10.0.0.1"], ["host:host-gateway"]],
    "HostConfig.PortBindings": [{"80/tcp": [{"HostPort": "80"}]}],
    "HostConfig.PublishAllPorts": [True],
    "HostConfig.Links": [["muelle-mirror:mirror"]],
    "ExposedPorts": [{"80/tcp": {}}],
    "NetworkingConfig": [{"EndpointsConfig": {"bridge": {}}}],
}  # fmt: skip

# Each one alone would make an engine sandbox more than it may be; what is refused to all is in HARMFUL.
HARMFUL_TO_ENGINES: list[tuple[str, Any]] = [
    ("HostConfig.Privileged", True),
    ("HostConfig.CapAdd", ["SETUID", "SETGID", "SYS_ADMIN"]),
    ("HostConfig.CapAdd", ["CAP_SETUID"]),
    ("HostConfig.CapAdd", ["ALL"]),
    ("HostConfig.SecurityOpt", ["no-new-privileges=false", "seccomp=unconfined"]),
    ("HostConfig.SecurityOpt", ["no-new-privileges=false"]),
    ("HostConfig.Devices", [{"PathOnHost": "/dev/kvm", "PathInContainer": "/dev/kvm", "CgroupPermissions": "rw"}]),
    (
        "HostConfig.Devices",
        [{"PathOnHost": "/dev/net/tun", "PathInContainer": "/dev/net/tun", "CgroupPermissions": "rwm"}],
    ),
    ("HostConfig.Devices", [{"PathOnHost": "/dev", "PathInContainer": "/dev/net/tun", "CgroupPermissions": "rw"}]),
    ("HostConfig.StorageOpt", {}),
    ("HostConfig.StorageOpt", {"size": "0"}),
    ("HostConfig.StorageOpt", {"size": "-1"}),
    ("HostConfig.StorageOpt", {"size": "1T"}),
    ("HostConfig.StorageOpt", {"size": str(17 * GIB)}),
    ("HostConfig.StorageOpt", {"size": 2 * GIB}),
    ("HostConfig.StorageOpt", {"size": str(2 * GIB), "other": "x"}),
    ("HostConfig.ReadonlyRootfs", None),
    ("HostConfig.ReadonlyRootfs", True),
    ("HostConfig.Tmpfs", {}),
    ("HostConfig.Tmpfs", {"/dev/shm": "rw,nosuid,nodev"}),
    ("HostConfig.Memory", 8 * GIB),
    ("HostConfig.PidsLimit", 4096),
    ("HostConfig.PidsLimit", -1),
    *((path, value) for path, values in NOT_ITS_NETWORK.items() for value in values),
]


@pytest.mark.parametrize("user", ["0:0", "0:1000", "1000:0", "root", "", "00:0", "1000", "learner"])
def test_no_engine_sandbox_is_ever_uid_0(user: str) -> None:
    changed = body(profile="engine")
    changed["User"] = user

    with pytest.raises(RequestRefused, match="may be uid 0"):
        check_body(request().name, "engine", changed, PLACE)


@pytest.mark.parametrize(
    ("path", "value"), HARMFUL_TO_ENGINES, ids=[f"{path}={str(value)[:40]}" for path, value in HARMFUL_TO_ENGINES]
)
def test_each_harmful_change_to_an_engine_sandbox_is_refused(path: str, value: Any) -> None:
    changed = body(profile="engine")
    put(changed, path, value)

    with pytest.raises(RequestRefused):
        check_body(request().name, "engine", changed, PLACE)


def test_what_an_engine_sandbox_has_is_not_for_a_standard_one() -> None:
    with pytest.raises(RequestRefused) as refusal:
        check_body(request().name, "standard", body(profile="engine"), PLACE)

    for part in (
        "CapAdd",
        "Devices",
        "SecurityOpt",
        "/proc/kcore is not masked",
        "the disk's limit",
        "lets mount",
        "NetworkMode",
        "Dns",
    ):
        assert part in refusal.value.detail


def test_an_image_that_the_disk_limit_counts_is_added_to_it() -> None:
    sent = container_body(request(profile="engine"), PLACE, image_bytes=700 * MIB)

    check_body(request().name, "engine", sent, PLACE)

    assert sent["HostConfig"]["StorageOpt"] == {"size": str(2 * GIB + 700 * MIB)}
