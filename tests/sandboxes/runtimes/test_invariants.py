"""Invariants: whatever is asked, what is sent is harmless; and each harmful change alone is refused."""

from __future__ import annotations

import copy
import dataclasses
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from sandboxes.limits import GIB, MIB, Limits
from sandboxes.runtimes.allowances import Allowance
from sandboxes.runtimes.base import RequestRefused, SandboxRequest
from sandboxes.runtimes.container_body import container_body
from sandboxes.runtimes.invariants import breaches, check_body
from tests.sandboxes.runtimes.requests import PLACE, body, hostile_requests, put, request, valid_requests

TOLERANT = settings(
    deadline=None, database=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)


def assert_harmless(sent: dict[str, Any]) -> None:
    """Says a third time, in the plainest words, what may never be sent."""
    host = sent["HostConfig"]
    assert sent["User"] == "1000:1000"
    assert host["Privileged"] is False
    assert host["CapDrop"] == ["ALL"]
    assert host["Binds"] == []
    assert host["DeviceCgroupRules"] == host["DeviceRequests"] == []
    if host["MaskedPaths"] and host["ReadonlyPaths"]:
        assert host["CapAdd"] == []
        assert host["SecurityOpt"][0] == "no-new-privileges=true"
        assert host["Devices"] == []
        assert host["ReadonlyRootfs"] is True
        assert (host["NetworkMode"], host["Dns"], host["ExtraHosts"]) == ("none", [], [])
    else:
        assert host["CapAdd"] == ["SETUID", "SETGID"]
        assert [device["PathOnHost"] for device in host["Devices"]] == ["/dev/net/tun"]
        assert GIB <= int(host["StorageOpt"]["size"]) <= 8 * GIB
        assert host["NetworkMode"] == host["Mounts"][1]["Source"].rpartition("/")[2]
        assert host["Dns"] == ["10.212.0.1"]
    assert host["PidMode"] == host["UTSMode"] == host["UsernsMode"] == ""
    assert [mount["ReadOnly"] for mount in host["Mounts"]] == [True, True]
    assert host["Mounts"][1]["Source"].startswith("/run/muelle/0123abcd/boot/muelle-0123abcd-")
    assert 0 < host["Memory"] == host["MemorySwap"] <= 4 * GIB
    assert 0 < host["PidsLimit"] <= 2048
    assert 0 < host["NanoCpus"] <= 4_000_000_000
    assert not any(option.endswith("unconfined") for option in host["SecurityOpt"])


@pytest.mark.slow
@settings(TOLERANT, max_examples=10_000)
@given(asked=valid_requests())
def test_every_valid_request_passes(asked: SandboxRequest) -> None:
    sent = container_body(asked, PLACE)

    check_body(asked.name, asked.profile, sent, PLACE)

    assert_harmless(sent)


@settings(TOLERANT, max_examples=2_000)
@given(asked=hostile_requests())
@example(asked=request(limits=Limits(memory_bytes=2048 * MIB, disk_bytes=512 * MIB, cpus=2.0, pids=1024)))
def test_whatever_is_asked_is_refused_or_harmless(asked: SandboxRequest) -> None:
    try:
        sent = container_body(asked, PLACE)
        check_body(asked.name, asked.profile, sent, PLACE)
    except RequestRefused:
        return
    assert_harmless(sent)
    assert asked.name.startswith("muelle-0123abcd-")


# Each one alone gives a sandbox something it must not have. The path is where it is put.
HARMFUL: list[tuple[str, Any]] = [
    ("User", "0:0"),
    ("User", "1000:0"),
    ("User", "root"),
    ("User", ""),
    ("User", "1000"),
    ("Image", "debian:latest"),
    ("Image", "registry.example/muelle/standard:0123456789ab"),
    ("Hostname", "server"),
    ("WorkingDir", "/proc/self/fd/7"),
    ("Entrypoint", ["/bin/sh"]),
    ("Cmd", ["-c", "id"]),
    ("Env", ["LD_PRELOAD=/tmp/x.so"]),
    ("Healthcheck", {"Test": ["CMD", "/bin/true"]}),
    ("NetworkDisabled", False),
    ("ExposedPorts", {"80/tcp": {}}),
    ("Volumes", {"/data": {}}),
    ("Labels", {"muelle.instance": "ffffffff", "muelle.sandbox": "6e1b1c39-5f0e-4d0b-9b0e-2f6f0f3f7a11"}),
    ("Labels", {}),
    ("Shell", ["/bin/sh"]),
    ("NetworkingConfig", {"EndpointsConfig": {"bridge": {}}}),
    ("HostConfig", None),
    ("HostConfig.Privileged", True),
    ("HostConfig.Privileged", 0),
    ("HostConfig.CapAdd", ["SYS_ADMIN"]),
    ("HostConfig.CapAdd", ["ALL"]),
    ("HostConfig.CapAdd", None),
    ("HostConfig.CapDrop", []),
    ("HostConfig.Capabilities", ["SYS_ADMIN"]),
    ("HostConfig.SecurityOpt", []),
    ("HostConfig.SecurityOpt", ["no-new-privileges=true"]),
    ("HostConfig.SecurityOpt", ["no-new-privileges=true", "seccomp=unconfined"]),
    ("HostConfig.SecurityOpt", ["no-new-privileges=true", 'seccomp={"defaultAction":"SCMP_ACT_ALLOW"}']),
    ("HostConfig.MaskedPaths", []),
    ("HostConfig.MaskedPaths", None),
    ("HostConfig.ReadonlyPaths", []),
    ("HostConfig.ReadonlyRootfs", False),
    ("HostConfig.NetworkMode", "host"),
    ("HostConfig.NetworkMode", "bridge"),
    ("HostConfig.NetworkMode", "container:0123456789ab"),
    ("HostConfig.PidMode", "host"),
    ("HostConfig.IpcMode", "host"),
    ("HostConfig.IpcMode", "shareable"),
    ("HostConfig.UTSMode", "host"),
    ("HostConfig.UsernsMode", "host"),
    ("HostConfig.CgroupnsMode", "host"),
    ("HostConfig.Cgroup", "container:x"),
    ("HostConfig.CgroupParent", "/"),
    ("HostConfig.Binds", ["/:/host"]),
    ("HostConfig.Binds", ["/var/run/docker.sock:/var/run/docker.sock"]),
    ("HostConfig.VolumesFrom", ["other"]),
    ("HostConfig.VolumeDriver", "nfs"),
    ("HostConfig.Mounts", []),
    ("HostConfig.Devices", [{"PathOnHost": "/dev/sda", "PathInContainer": "/dev/sda", "CgroupPermissions": "rwm"}]),
    ("HostConfig.DeviceCgroupRules", ["b *:* rwm"]),
    ("HostConfig.DeviceRequests", [{"Count": -1}]),
    ("HostConfig.GroupAdd", ["0"]),
    ("HostConfig.Sysctls", {"kernel.core_pattern": "|/tmp/x"}),
    ("HostConfig.PortBindings", {"80/tcp": [{"HostPort": "80"}]}),
    ("HostConfig.PublishAllPorts", True),
    ("HostConfig.ExtraHosts", ["registry:127.0.0.1"]),
    ("HostConfig.Links", ["other"]),
    ("HostConfig.Runtime", "other"),
    ("HostConfig.StorageOpt", {"size": "1T"}),
    ("HostConfig.Memory", 0),
    ("HostConfig.Memory", -1),
    ("HostConfig.Memory", 4096 * MIB),
    ("HostConfig.MemorySwap", -1),
    ("HostConfig.MemorySwap", 0),
    ("HostConfig.OomKillDisable", True),
    ("HostConfig.OomScoreAdj", 0),
    ("HostConfig.OomScoreAdj", -500),
    ("HostConfig.NanoCpus", 0),
    ("HostConfig.NanoCpus", 64_000_000_000),
    ("HostConfig.CpuShares", 262_144),
    ("HostConfig.PidsLimit", 0),
    ("HostConfig.PidsLimit", -1),
    ("HostConfig.PidsLimit", None),
    ("HostConfig.PidsLimit", True),
    ("HostConfig.Ulimits", []),
    ("HostConfig.Ulimits", [{"Name": "core", "Soft": -1, "Hard": -1}]),
    ("HostConfig.Ulimits", ["core"]),
    ("HostConfig.Tmpfs", {}),
    ("HostConfig.Tmpfs", {"/home/learner": "rw"}),
    ("HostConfig.AutoRemove", True),
    ("HostConfig.RestartPolicy", {"Name": "always"}),
    ("HostConfig.Init", True),
    ("HostConfig.LogConfig", {"Type": "json-file", "Config": {}}),
    ("HostConfig.LogConfig", {"Type": "syslog", "Config": {"syslog-address": "udp://10.0.0.1"}}),
    ("HostConfig.ContainerIDFile", "/etc/passwd"),
]


@pytest.mark.parametrize(("path", "value"), HARMFUL, ids=[f"{path}={str(value)[:40]}" for path, value in HARMFUL])
def test_each_harmful_change_alone_is_refused(path: str, value: Any) -> None:
    changed = body()
    put(changed, path, value)

    with pytest.raises(RequestRefused):
        check_body(request().name, "standard", changed, PLACE)


def test_nothing_may_be_left_out() -> None:
    whole = body()
    paths = [*whole, *(f"HostConfig.{key}" for key in whole["HostConfig"])]

    kept = [path for path in paths if _accepted(_without(path))]

    assert kept == []


@settings(max_examples=500, deadline=None)
@given(
    place=st.sampled_from(["", "HostConfig."]),
    key=st.from_regex(r"[A-Z][A-Za-z]{1,20}", fullmatch=True),
    value=st.none() | st.booleans() | st.integers() | st.text() | st.lists(st.text(), max_size=2),
)
def test_a_key_nobody_knows_is_refused(place: str, key: str, value: Any) -> None:
    changed = body()
    if key in (changed["HostConfig"] if place else changed):
        return

    put(changed, f"{place}{key}", value)

    assert not _accepted(changed)


BINDS = ["/", "/etc", "/var/run/docker.sock", "/run/muelle", "/run/muelle/0123abcd", "/run/muelle/0123abcd/agents", ""]


@pytest.mark.parametrize("source", BINDS)
def test_no_other_directory_can_be_bound(source: str) -> None:
    changed = body()
    changed["HostConfig"]["Mounts"][1]["Source"] = source

    assert not _accepted(changed)


@pytest.mark.parametrize(
    ("index", "change"),
    [
        (0, {"ReadOnly": False}),
        (1, {"ReadOnly": False}),
        (0, {"Source": "other"}),
        (0, {"Type": "bind"}),
        (0, {"VolumeOptions": {"DriverConfig": {"Name": "local", "Options": {"type": "nfs", "device": ":/"}}}}),
        (1, {"BindOptions": {"Propagation": "rshared"}}),
        (1, {"Target": "/"}),
    ],
)
def test_the_two_mounts_cannot_be_loosened(index: int, change: dict[str, Any]) -> None:
    changed = body()
    changed["HostConfig"]["Mounts"][index].update(change)

    assert not _accepted(changed)


def test_a_third_mount_is_refused() -> None:
    changed = body()
    changed["HostConfig"]["Mounts"].append({"Type": "tmpfs", "Target": "/mnt"})

    assert not _accepted(changed)


@pytest.mark.parametrize("options", ["rw,nosuid,nodev", "rw,nosuid,nodev,size=1m", "rw,size=4096,nr_inodes=10"])
def test_a_tmpfs_needs_a_size_inodes_and_no_devices(options: str) -> None:
    changed = body()
    changed["HostConfig"]["Tmpfs"]["/tmp"] = options

    assert not _accepted(changed)


def test_files_in_memory_must_leave_memory_for_programs() -> None:
    changed = body()
    changed["HostConfig"]["Tmpfs"]["/home/learner"] = f"rw,nosuid,nodev,size={450 * MIB},nr_inodes=100"

    assert not _accepted(changed)


@pytest.mark.parametrize("name", ["", "muelle", "muelle-ffffffff-6e1b1c395f0e", "muelle-0123abcd-../../../etc"])
def test_a_name_of_another_instance_is_refused(name: str) -> None:
    with pytest.raises(RequestRefused):
        check_body(name, "standard", body(), PLACE)


@pytest.mark.parametrize("profile", ["vm", "", "Standard"])
def test_a_profile_without_invariants_is_refused(profile: str) -> None:
    with pytest.raises(RequestRefused, match="no invariants"):
        check_body(request().name, profile, body(), PLACE)


@pytest.mark.parametrize(
    "place",
    [
        dataclasses.replace(PLACE, instance="0123abcd/.."),
        dataclasses.replace(PLACE, run_directory=Path("run")),
        dataclasses.replace(PLACE, run_directory=Path("/run/../etc")),
        dataclasses.replace(PLACE, agent_volume="/etc"),
        dataclasses.replace(PLACE, agent_volume=""),
    ],
)
def test_a_place_that_makes_no_sense_is_refused(place: Any) -> None:
    name = f"muelle-{place.instance}-6e1b1c395f0e"

    with pytest.raises(RequestRefused):
        check_body(name, "standard", container_body(request(name=name), place), place)


# The hard rule, for profiles to come: their allowance is as wide as it can ever be, and the rule holds all the same.
WIDEST = Allowance(
    users=frozenset({"0:0", "1000:1000"}),
    capabilities=frozenset({"SETUID", "SETGID"}),
    unmasked=True,
    namespaces=True,
    most_memory=2048 * MIB,
    most_cpus=2.0,
    most_pids=1024,
    most_files=4096,
)


@pytest.mark.parametrize("user", ["0:0", "0:1000", "1000:0", "root", "", "00:0", "1000", "learner"])
@pytest.mark.parametrize("paths", ["MaskedPaths", "ReadonlyPaths"])
def test_unmasked_proc_and_uid_0_never_meet(user: str, paths: str) -> None:
    changed = body()
    changed["User"] = user
    changed["HostConfig"][paths] = []

    found = list(breaches(request().name, WIDEST, changed, PLACE))

    assert "/proc is not masked and the user may be uid 0" in found


def test_unmasked_proc_is_fine_for_an_ordinary_user_where_the_profile_says_so() -> None:
    changed = body()
    changed["HostConfig"].update(MaskedPaths=[], ReadonlyPaths=[], CapAdd=["SETUID", "SETGID"])

    found = list(breaches(request().name, WIDEST, changed, PLACE))

    assert found == []


def _without(path: str) -> dict[str, Any]:
    changed = copy.deepcopy(body())
    *parents, last = path.split(".")
    del (changed[parents[0]] if parents else changed)[last]
    return changed


def _accepted(changed: dict[str, Any]) -> bool:
    json.dumps(changed)  # what is judged can be sent
    try:
        check_body(request().name, "standard", changed, PLACE)
    except RequestRefused:
        return False
    return True
