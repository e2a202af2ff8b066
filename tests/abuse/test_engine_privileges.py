"""A14, A15, A17, A18 where the learner has a Docker: whatever it may do inside is no more than uid 1000 may."""

from __future__ import annotations

import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.abuse.harness import Range, as_root_with_everything
from tests.abuse.inner import ENGINE_LIMITS, EngineSubject, engine_sandbox
from tests.abuse.test_host import TO_WRITE
from tests.abuse.test_privileges import DENIED, status_of

pytestmark = [pytest.mark.docker, pytest.mark.abuse]

# What an engine cannot do without; the kernel lets uid 1000 use them in a user namespace of its own only.
OPEN_TO_ENGINES = set(
    "unshare-user unshare-mount unshare-pid unshare-net unshare-uts unshare-ipc unshare-cgroup clone-user setns clone3 "  # noqa: SIM905
    "mount umount2 pivot_root chroot open_tree move_mount fsopen fspick fsconfig fsmount mount_setattr sethostname "
    "setdomainname".split()
)
FAMILIES = {"family-1": "ok", "family-2": "ok", "family-10": "ok", "family-16": "ok", "pair-unix": "ok"}

# Kept by the kernel for each network, IPC, PID or user namespace apart, so they are the sandbox's own.
OWN = re.compile(
    r"(/h)?/proc/sys/(net/|user/|fs/mqueue/|kernel/(auto_msgmni|msg_?[a-z]+(_id)?|sem|sem_next_id|shm[a-z_]+"
    r"|ns_last_pid|pid_max)$)"
)
KERNEL = ("/proc/sys", "/proc/irq", "/proc/bus", "/proc/fs", "/sys")
# Of those in TO_WRITE these are the sandbox's own: a network namespace's, and those of process 1 of a container.
OF_EVERYBODY = [path for path in TO_WRITE if not path.startswith(("/proc/1/", "/proc/sys/net/"))]
REFUSED = {"EACCES", "EPERM", "EROFS", "ENOENT"}
CRASH = "cd {folder}; ulimit -c unlimited; {probes}/crash; ls; ulimit -c"


def without_filter(_body: dict[str, Any], host: dict[str, Any]) -> None:
    host["SecurityOpt"] = ["no-new-privileges:false", "seccomp=unconfined"]


def test_a14_only_four_socket_families_exist_in_containers_too(
    range_: Range, engine_image: str, engine_box: EngineSubject
) -> None:
    for outcomes in (engine_box.probe("sockets"), engine_box.inner_probe("sockets")):
        assert {name: outcome for name, outcome in outcomes.items() if outcome != "EPERM"} == FAMILIES

    with engine_sandbox(range_, engine_image, weaken=without_filter, docker=False) as control:
        open_to_all = control.probe("sockets")
    assert "EPERM" not in {open_to_all["family-38"], open_to_all["pair-tipc"]}  # the kernel's crypto sockets, for one
    assert sum(outcome != "EPERM" for outcome in open_to_all.values()) > 2 * len(FAMILIES)


def test_a14_no_other_calls_are_open_than_those_that_make_containers(
    range_: Range, engine_image: str, engine_box: EngineSubject
) -> None:
    outcomes = engine_box.inner_probe("syscalls")

    assert len(outcomes) >= 55
    assert {call for call, outcome in outcomes.items() if outcome not in DENIED} == OPEN_TO_ENGINES
    assert status_of(engine_box, "self")["Seccomp"] == "2"

    with range_.weakened(as_root_with_everything) as control:
        open_to_root = control.probe("syscalls")
    reached = {call for call, outcome in open_to_root.items() if outcome not in DENIED}
    assert len(reached - OPEN_TO_ENGINES) >= 20, "The control: root without a filter gets through to the rest."


def test_a15_a_crash_leaves_no_core(range_: Range, engine_box: EngineSubject) -> None:
    said = engine_box.shell(CRASH.format(folder="~", probes=engine_box.probes)).splitlines()
    assert any("Aborted" in line for line in said)
    assert "core" not in said
    assert said[-1] == "0"
    assert engine_box.inner("/bin/sh", "-c", "ulimit -c").splitlines()[-1] == "0"

    def with_cores(_body: dict[str, Any], host: dict[str, Any]) -> None:
        limits = [limit for limit in host["Ulimits"] if limit["Name"] != "core"]
        host["Ulimits"] = [*limits, {"Name": "core", "Soft": 1 << 20, "Hard": 1 << 20}]

    # Without the agent too, since its children have no cores whatever the engine was told.
    with range_.bare(["/.muelle/bin/sh", "-c", CRASH.format(folder="/tmp", probes="/probes")], with_cores) as control:
        range_.client.wait(control, timeout=20)
        said = range_.client.logs(control).decode()
    # Where the host hands cores to a program of its own, none is in the sandbox; the limit shows all the same.
    elsewhere = Path("/proc/sys/kernel/core_pattern").read_text().startswith(("|", "/"))
    assert elsewhere or "core\n" in said
    assert said.splitlines()[-1] != "0"


def test_a17_no_file_of_the_image_makes_anybody_somebody_else(range_: Range, engine_box: EngineSubject) -> None:
    assert engine_box.shell("find / -xdev -perm /6000 -type f 2>/dev/null") == ""
    capable = engine_box.shell("getcap -r / 2>/dev/null").splitlines()
    assert sorted(capable) == ["/usr/bin/newgidmap cap_setgid=ep", "/usr/bin/newuidmap cap_setuid=ep"]
    ranges = engine_box.shell("cat /etc/subuid /etc/subgid").split()
    assert ranges == ["learner:100000:65536"] * 2

    with range_.sandbox() as control:  # its image has a trap
        found = control.run("/.muelle/bin/find", "/probes", "-perm", "-4000").stdout
    assert found == b"/probes/identity-setuid\n"


def test_a17_no_process_is_uid_0_of_the_host(range_: Range, engine_box: EngineSubject) -> None:
    engine_box.shell("docker run -d --rm --network none --name root tiny sleep 20")
    processes = range_.client.top(engine_box.handle, "-eo pid,uid,args")["Processes"]
    uids = {int(row[1]) for row in processes}

    assert any("sleep 20" in row[2] for row in processes)
    assert uids >= {1000}
    assert min(uids) >= 1000
    engine_box.shell("docker rm -f root")

    with range_.weakened(as_root_with_everything) as control:
        assert {row[1] for row in range_.client.top(control.handle, "-eo pid,uid,args")["Processes"]} == {"0"}


def test_a17_the_kernel_cannot_be_configured(range_: Range, engine_box: EngineSubject) -> None:
    watched = [Path(path) for path in OF_EVERYBODY if path.startswith("/proc/sys/")]
    before = {path: path.read_text() for path in watched if path.exists() and path.stat().st_mode & 0o400}

    as_learner = engine_box.probe("open", "w", *OF_EVERYBODY)
    in_namespace = engine_box.run(
        "/usr/bin/unshare", "-Ur", f"{engine_box.probes}/open", "w", *OF_EVERYBODY
    ).stdout.decode()
    as_root_inside = engine_box.inner_probe("open", "w", *OF_EVERYBODY, *(f"/h{path}" for path in OF_EVERYBODY))

    said = dict(line.split(" ", 1) for line in in_namespace.splitlines())
    assert as_learner.keys() == said.keys() == set(OF_EVERYBODY)
    for outcomes in (as_learner, said, as_root_inside):
        assert set(outcomes.values()) <= REFUSED
    assert {path: path.read_text() for path in before} == before

    def as_uid_0(body: dict[str, Any], host: dict[str, Any]) -> None:
        body["User"] = "0:0"
        host["CapAdd"] = []

    # The reason of the hard rule: uid 0 without a single capability, where /proc is unmasked.
    with range_.weakened(as_uid_0, ENGINE_LIMITS, profile="engine") as control:
        opened = control.probe("open", "w", *OF_EVERYBODY)
    assert opened["/proc/sys/kernel/core_pattern"] == "ok"


def test_a17_every_writable_file_of_the_kernel_belongs_to_a_namespace_of_its_own(engine_box: EngineSubject) -> None:
    as_learner = engine_box.probe("writable", *KERNEL, timeout=60)
    as_root_inside = engine_box.inner_probe("writable", *KERNEL, "/h/proc/sys", "/h/sys", timeout=60)

    for opened in (as_learner, as_root_inside):
        assert int(opened.pop("tried")) > 1000
        assert [path for path in opened if not OWN.fullmatch(path) and not OWN.match(path)] == []
    assert len(as_root_inside) > 100, "The control: what is its own does open."


@contextmanager
def host_process(word: str) -> Iterator[None]:
    """A program of the host's that a learner must not see."""
    process = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(120)", word])
    try:
        yield
    finally:
        process.kill()
        process.wait(10)


def test_a18_the_whole_file_system_of_a_container_is_the_sandboxs(
    range_: Range, engine_box: EngineSubject, tmp_path: Path
) -> None:
    canary = tmp_path / "canary"
    canary.write_text("of the host")
    engine_box.shell("echo mine > ~/marker")

    assert engine_box.inner("cat", "/h/home/learner/marker") == "mine"
    assert "No such file" in engine_box.inner("cat", f"/h{canary}")
    assert "Read-only file system" in engine_box.inner("/bin/sh", "-c", "echo x > /h/.muelle/boot/x")
    assert "Read-only file system" in engine_box.inner("/bin/sh", "-c", "echo x > /h/.muelle/bin/x")

    def with_the_hosts(body: dict[str, Any], host: dict[str, Any]) -> None:
        as_root_with_everything(body, host)
        host["Binds"] = ["/:/empty:ro"]

    with range_.weakened(with_the_hosts) as control:
        assert control.read(f"/empty{canary}") == "of the host"


def test_a18_the_processes_of_the_host_are_the_sandboxs(range_: Range, engine_box: EngineSubject) -> None:
    word = f"canary-{time.time_ns()}"
    with host_process(word):
        seen = engine_box.inner("/bin/sh", "-c", "cat /proc/[0-9]*/cmdline | tr '\\0' ' ' || cat /proc/[0-9]*/cmdline")

        assert "rootlesskit" in seen
        assert word not in seen
        assert engine_box.inner("nsenter", "-t", "1", "-m", "-p", "id").endswith("Operation not permitted")

        with range_.weakened(lambda body, host: host.update(PidMode="host")) as control:
            lines = control.run("/.muelle/bin/sh", "-c", f"grep -l {word} /proc/[0-9]*/cmdline").stdout
        assert lines != b""


def test_a18_no_device_of_the_host_is_there_or_can_be_made(range_: Range, engine_box: EngineSubject) -> None:
    blocks = [f"/dev/{name}" for name in ("sda", "vda", "loop0", "kmsg", "mem", "fuse", "kvm")]
    for device in blocks:
        said = engine_box.shell(f"docker run --rm --network none --device {device} tiny cat {device}")
        assert "no such file or directory" in said
    assert set(engine_box.inner_probe("devices", "/tmp").values()) == {"EPERM"}
    assert "sysfs" in engine_box.shell("docker run --rm --network none --privileged tiny id"), "It does not even start."
    assert engine_box.inner("id").startswith("uid=0"), "The control: what starts may do everything inside."

    with range_.weakened(as_root_with_everything) as control:
        assert set(control.probe("devices", "/tmp").values()) == {"ok"}
