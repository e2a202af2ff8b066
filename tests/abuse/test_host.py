"""A01, A05 to A09: nothing of the host can be reached, changed or seen from a sandbox."""

from __future__ import annotations

import re
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sandboxes.runtimes.base import RequestRefused
from sandboxes.runtimes.invariants import check_body
from tests.abuse.harness import Range, Subject, as_root_with_everything
from tests.sandboxes.runtimes.requests import PLACE, body, request

pytestmark = [pytest.mark.docker, pytest.mark.abuse]

ENGINE_SOCKETS = (
    "/var/run/docker.sock",
    "/run/docker.sock",
    "/run/muelle/engine.sock",
    "/run/containerd/containerd.sock",
    "/run/podman/podman.sock",
    "/run/crio/crio.sock",
)
ENGINE_PORTS = ("2375", "2376", "2377", "4243", "5000", "6443", "10250")
UNREACHABLE = {"ENETUNREACH", "ECONNREFUSED", "EHOSTUNREACH"}

# What configures the kernel for everybody.
TO_WRITE = (
    "/proc/sys/kernel/core_pattern",
    "/proc/sys/kernel/modprobe",
    "/proc/sys/kernel/poweroff_cmd",
    "/proc/sys/kernel/sysrq",
    "/proc/sys/kernel/panic",
    "/proc/sys/vm/overcommit_memory",
    "/proc/sys/vm/drop_caches",
    "/proc/sys/fs/file-max",
    "/proc/sys/net/ipv4/ip_forward",
    "/proc/sysrq-trigger",
    "/proc/irq/default_smp_affinity",
    "/proc/mtrr",
    "/sys/kernel/uevent_helper",
    "/sys/kernel/mm/transparent_hugepage/enabled",
    "/sys/power/state",
    "/proc/1/oom_score_adj",
    "/proc/1/mem",
)
# What tells of the host or of others.
TO_READ = (
    "/proc/kcore",
    "/proc/keys",
    "/proc/interrupts",
    "/proc/timer_list",
    "/proc/sched_debug",
    "/proc/latency_stats",
    "/proc/scsi",
    "/proc/acpi",
    "/proc/asound",
    "/sys/firmware",
    "/sys/devices/virtual/powercap",
    "/proc/1/environ",
    "/proc/1/mem",
    "/proc/1/fd",
    "/proc/kmsg",
    "/proc/vmallocinfo",
    "/proc/kpagecount",
)
DEVICES = set("fd full mqueue null ptmx pts random shm stderr stdin stdout tty urandom zero".split())  # noqa: SIM905
NAMESPACES = ("cgroup", "ipc", "mnt", "net", "pid", "uts")


@contextmanager
def listening(path: Path) -> Iterator[None]:
    """A socket that stands for an engine's."""
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(path))
        path.chmod(0o666)
        listener.listen()
        yield


def test_a01_no_engine_socket_is_inside(range_: Range, sandbox: Subject, tmp_path: Path) -> None:
    assert set(sandbox.probe("open", "c", *ENGINE_SOCKETS).values()) == {"ENOENT"}
    found = range_.client.inspect_container(sandbox.handle)
    assert [mount["Source"] for mount in found["Mounts"] if mount["Source"].endswith(".sock")] == []

    stand_in = tmp_path / "docker.sock"
    with (
        listening(stand_in),
        range_.weakened(lambda body, host: host.update(Binds=[f"{stand_in}:{ENGINE_SOCKETS[0]}"])) as control,
    ):
        assert control.probe("open", "c", ENGINE_SOCKETS[0]) == {ENGINE_SOCKETS[0]: "ok"}


def test_a01_no_engine_port_is_reachable(range_: Range, sandbox: Subject) -> None:
    gateways = {
        entry["Gateway"]
        for network in range_.client.networks()
        for entry in network["IPAM"]["Config"] or ()
        if "." in entry.get("Gateway", "")
    }
    for address in {"127.0.0.1", "169.254.169.254", *gateways}:
        assert set(sandbox.probe("tcp", address, *ENGINE_PORTS).values()) <= UNREACHABLE

    def on_the_hosts_network(body: dict[str, Any], host: dict[str, Any]) -> None:
        body["NetworkDisabled"] = False
        host["NetworkMode"] = "host"

    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = str(listener.getsockname()[1])
        assert sandbox.probe("tcp", "127.0.0.1", port) == {port: "ECONNREFUSED"}
        with range_.weakened(on_the_hosts_network) as control:
            assert control.probe("tcp", "127.0.0.1", port) == {port: "ok"}


MOUNT_CGROUP = """
mkdir /tmp/c
mount -t cgroup -o pids none /tmp/c 2>/dev/null || mount -t cgroup2 none /tmp/c || exit 1
for file in /tmp/c/notify_on_release /tmp/c/cgroup.procs; do
    [ ! -e $file ] || exec /probes/open w $file
done
"""
CGROUP_FILES = "release_agent", "notify_on_release", "cgroup.procs", "tasks", "cgroup.subtree_control", "memory.max"


def test_a05_cgroups_cannot_be_mounted_or_written(range_: Range, sandbox: Subject) -> None:
    mounting = sandbox.run("/.muelle/bin/sh", "-c", MOUNT_CGROUP)
    assert (mounting.exit_code, mounting.stdout) == (1, b"")
    names = " -o ".join(f"-name {name}" for name in CGROUP_FILES)
    found = sandbox.run("/.muelle/bin/sh", "-c", f"find /sys/fs/cgroup {names}").stdout.decode().split()
    assert found
    assert set(sandbox.probe("open", "w", *found).values()) <= {"EROFS", "EACCES", "EPERM"}

    with range_.weakened(as_root_with_everything) as control:
        assert b" ok" in control.run("/.muelle/bin/sh", "-c", MOUNT_CGROUP).stdout


def test_a06_the_kernel_cannot_be_configured(range_: Range, sandbox: Subject) -> None:
    watched = [Path(path) for path in TO_WRITE if path.startswith("/proc/sys/")]
    before = {path: path.read_text() for path in watched if path.exists() and path.stat().st_mode & 0o400}

    outcomes = sandbox.probe("open", "w", *TO_WRITE)

    assert outcomes.keys() == set(TO_WRITE)
    assert set(outcomes.values()) <= {"EROFS", "EACCES", "EPERM", "ENOENT"}
    assert {path: path.read_text() for path in before} == before

    with range_.weakened(as_root_with_everything) as control:
        opened = control.probe("open", "w", *TO_WRITE[:8])
    assert opened["/proc/sys/kernel/core_pattern"] == "ok"
    assert list(opened.values()).count("ok") >= 6


def test_a06_the_kernel_tells_nothing_of_the_host(range_: Range, sandbox: Subject) -> None:
    outcomes = sandbox.probe("open", "r", *TO_READ)

    assert outcomes.keys() == set(TO_READ)
    assert set(outcomes.values()) <= {"empty", "EACCES", "EPERM", "ENOENT"}

    with range_.weakened(as_root_with_everything) as control:
        told = control.probe("open", "r", *TO_READ[:4])
    assert told["/proc/interrupts"] == "content"
    assert told["/proc/timer_list"] == "content"


def test_a07_no_device_can_be_made_and_few_exist(range_: Range, sandbox: Subject) -> None:
    assert set(sandbox.probe("devices", "/tmp").values()) == {"EPERM"}
    assert set(sandbox.run("/.muelle/bin/ls", "/dev").stdout.decode().split()) == DEVICES

    def with_devices(body: dict[str, Any], host: dict[str, Any]) -> None:
        as_root_with_everything(body, host)
        host["Devices"] = [{"PathOnHost": "/dev/null", "PathInContainer": "/dev/extra", "CgroupPermissions": "r"}]

    with range_.weakened(with_devices) as control:
        assert set(control.probe("devices", "/tmp").values()) == {"ok"}
        assert set(control.run("/.muelle/bin/ls", "/dev").stdout.decode().split()) == DEVICES | {"extra"}


def namespaces_of(subject: Subject) -> dict[str, str]:
    paths = [f"/proc/self/ns/{name}" for name in NAMESPACES]
    lines = subject.run("/.muelle/bin/sh", "-c", f"for n in {' '.join(paths)}; do readlink $n; done")
    return dict(zip(NAMESPACES, lines.stdout.decode().split(), strict=True))


def test_a08_every_namespace_is_its_own(range_: Range, sandbox: Subject) -> None:
    ours = {name: str(Path(f"/proc/self/ns/{name}").readlink()) for name in NAMESPACES}

    inside = namespaces_of(sandbox)

    assert {name for name in NAMESPACES if inside[name] == ours[name]} == set()
    with range_.sandbox() as another:
        beside = namespaces_of(another)
    assert {name for name in NAMESPACES if inside[name] == beside[name]} == set()

    def in_the_hosts(body: dict[str, Any], host: dict[str, Any]) -> None:
        body.update(Hostname="", NetworkDisabled=False)
        host.update(PidMode="host", IpcMode="host", UTSMode="host", NetworkMode="host", CgroupnsMode="host")

    with range_.weakened(in_the_hosts) as control:
        shared = namespaces_of(control)
    assert {name for name in NAMESPACES if shared[name] == ours[name]} == set(NAMESPACES) - {"mnt"}


KERNEL_FILE_SYSTEMS = {"proc", "sysfs", "tmpfs", "devpts", "mqueue", "cgroup", "cgroup2"}
WRITABLE = {"/dev", "/dev/pts", "/dev/mqueue", "/dev/shm", "/home/learner", "/proc", "/run", "/tmp", "/var/tmp"}
READ_ONLY = {"/", "/sys", "/.muelle/bin", "/.muelle/boot", "/etc/hostname"}
COVERED = re.compile(r"/proc/[a-z_-]+|/sys/(firmware|fs/cgroup(/[a-z,_]+)?|devices/virtual/powercap)")


def surprises(mountinfo: str) -> list[str]:
    """Mounts that are not on the list, and those of the host's file systems that can be written."""
    found = []
    for line in mountinfo.splitlines():
        first, _, last = line.partition(" - ")
        point, options, kind = first.split()[4], first.split()[5].split(","), last.split()[0]
        known = point in WRITABLE | READ_ONLY or COVERED.fullmatch(point)
        of_the_host = kind not in KERNEL_FILE_SYSTEMS
        if not known or ((of_the_host or point in READ_ONLY) and "ro" not in options):
            found.append(line)
    return found


def test_a09_every_mount_is_on_the_list(range_: Range, sandbox: Subject) -> None:
    assert surprises(sandbox.read("/proc/self/mountinfo")) == []

    with range_.weakened(lambda body, host: host.update(Binds=["/etc:/empty"])) as control:
        [surprise] = surprises(control.read("/proc/self/mountinfo"))
    assert " /empty " in surprise


paths = st.from_regex(r"/?([a-z.]{1,8}/){0,3}[a-z.]{0,8}", fullmatch=True) | st.text(min_size=1)
binds = st.builds(":".join, st.lists(paths | st.sampled_from(["ro", "rw", "rshared", "z"]), min_size=1, max_size=4))
mounts = st.fixed_dictionaries(
    {"Type": st.sampled_from(["bind", "volume", "tmpfs", "npipe", "cluster", ""]), "Target": paths},
    optional={
        "Source": paths,
        "ReadOnly": st.booleans(),
        "BindOptions": st.dictionaries(st.sampled_from(["Propagation", "NonRecursive"]), st.text(), max_size=2),
        "VolumeOptions": st.just({"DriverConfig": {"Name": "local", "Options": {"o": "bind", "device": "/"}}}),
    },
)


@settings(max_examples=200, deadline=None)
@given(bind=binds, mount=mounts)
def test_a09_no_other_mount_can_be_asked_for(bind: str, mount: dict[str, Any]) -> None:
    for change in ({"Binds": [bind]}, {"Mounts": [mount]}, {"Mounts": [*body()["HostConfig"]["Mounts"], mount]}):
        changed = body()
        changed["HostConfig"].update(change)

        with pytest.raises(RequestRefused):
            check_body(request().name, "standard", changed, PLACE)
