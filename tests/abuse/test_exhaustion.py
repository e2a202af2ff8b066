"""B02, B03, B04, B07, B08: what one sandbox takes is bounded, and others do not notice."""

from __future__ import annotations

import re
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from sandboxes.agent_client import AgentError
from sandboxes.limits import MIB
from tests.abuse.harness import LIMITS, Range, Subject

pytestmark = [pytest.mark.docker, pytest.mark.abuse]

TMPFS = ("/home/learner", "/tmp", "/var/tmp", "/run", "/dev/shm")
PEAK = "cat /sys/fs/cgroup/memory/memory.max_usage_in_bytes 2>/dev/null || cat /sys/fs/cgroup/memory.peak"
# The promise of the security blueprint for a forced stop.
STOPPED_WITHIN = 10.0  # seconds


def assert_others_work(range_: Range, neighbour: Subject) -> None:
    """A sandbox that was there before answers, and a new one can be made."""
    started = time.monotonic()
    assert neighbour.run("/.muelle/bin/true", timeout=5).exit_code == 0
    with range_.sandbox() as late:
        assert late.run("/.muelle/bin/true", timeout=5).exit_code == 0
    assert time.monotonic() - started < 10


def test_b02_memory_ends_at_the_limit_and_only_the_hog_dies(range_: Range, sandbox: Subject) -> None:
    wanted = str(4 * LIMITS.memory_bytes // MIB)
    with range_.sandbox() as neighbour:
        hog = sandbox.run("/probes/memory", wanted)

        assert hog.signal == 9
        sandbox.agent.ping()
        assert int(sandbox.run("/.muelle/bin/sh", "-c", PEAK).stdout) <= LIMITS.memory_bytes
        assert_others_work(range_, neighbour)

    with range_.weakened(lambda body, host: host.update(Memory=0, MemorySwap=0)) as control:
        assert control.run("/probes/memory", wanted).stdout == b"taken\n"


def tmpfs_option(range_: Range, sandbox: Subject, option: str) -> dict[str, int]:
    options = range_.client.inspect_container(sandbox.handle)["HostConfig"]["Tmpfs"]
    return {path: int(re.search(rf"{option}=(\d+)", text)[1]) for path, text in options.items()}  # type: ignore[index]


def counts(outcomes: dict[str, str]) -> dict[str, int]:
    return {path: int(outcome.split()[0]) for path, outcome in outcomes.items()}


def without_sizes(_body: dict[str, Any], host: dict[str, Any]) -> None:
    host["Tmpfs"] = {path: "rw,nosuid,nodev,mode=1777" for path in TMPFS}
    host.update(Memory=512 * MIB, MemorySwap=512 * MIB)


def test_b03_every_file_system_in_memory_is_full_at_its_size(range_: Range, sandbox: Subject) -> None:
    outcomes = sandbox.probe("fill", "bytes", str(256 * MIB), *TMPFS)

    assert {outcome.split()[1] for outcome in outcomes.values()} == {"ENOSPC"}
    assert counts(outcomes) == tmpfs_option(range_, sandbox, "size")

    with range_.weakened(without_sizes) as control:
        assert control.probe("fill", "bytes", str(32 * MIB), "/tmp") == {"/tmp": f"{32 * MIB} ok"}


def test_b03_every_file_system_in_memory_has_a_number_of_files(range_: Range, sandbox: Subject) -> None:
    outcomes = sandbox.probe("fill", "files", "100000", *TMPFS)

    assert {outcome.split()[1] for outcome in outcomes.values()} == {"ENOSPC"}
    allowed = tmpfs_option(range_, sandbox, "nr_inodes")
    assert all(made <= allowed[path] for path, made in counts(outcomes).items())

    with range_.weakened(without_sizes) as control:
        assert control.probe("fill", "files", "5000", "/tmp") == {"/tmp": "5000 ok"}


def test_b03_all_of_them_full_leave_room_to_work_in(range_: Range, sandbox: Subject) -> None:
    fill = "; ".join(f"dd if=/dev/zero of={path}/big bs=64k 2>/dev/null" for path in TMPFS)

    sandbox.run("/.muelle/bin/sh", "-c", fill)

    assert sandbox.run("/.muelle/bin/sh", "-c", "df /tmp | tail -1").stdout.split()[3] == b"0"
    assert sandbox.run("/.muelle/bin/sh", "-c", "rm /tmp/big && echo removed").stdout == b"removed\n"


def test_b04_a_fork_bomb_stays_inside_and_can_be_stopped(range_: Range, sandbox: Subject) -> None:
    assert int(sandbox.run("/probes/forks", "count", "500").stdout) < LIMITS.pids

    with range_.sandbox() as neighbour, range_.sandbox() as bombed:
        bomb = threading.Thread(target=_ignore_the_end, args=(bombed, "/probes/forks", "bomb"), daemon=True)
        bomb.start()
        time.sleep(3)
        assert range_.runtime.stats(bombed.handle).pids == LIMITS.pids
        assert_others_work(range_, neighbour)

        started = time.monotonic()
        range_.runtime.destroy(bombed.name)
        assert time.monotonic() - started < STOPPED_WITHIN
        bomb.join(5)

    with range_.weakened(lambda body, host: host.update(PidsLimit=0)) as control:
        assert control.run("/probes/forks", "count", "500").stdout == b"500\n"


def _ignore_the_end(subject: Subject, *argv: str) -> None:
    with suppress(AgentError):
        subject.run(*argv, timeout=60)


def test_b07_open_files_are_few_and_the_limit_cannot_be_raised(range_: Range, sandbox: Subject) -> None:
    outcomes = sandbox.run("/probes/descriptors", "20000").stdout.decode().split()
    assert int(outcomes[0]) < 4096
    assert outcomes[1] == "EMFILE"
    assert sandbox.run("/.muelle/bin/sh", "-c", "ulimit -n 8192").exit_code != 0

    used = int(Path("/proc/sys/fs/file-nr").read_text().split()[0])
    many = "for i in $(seq 30); do /probes/descriptors 20000 & done; wait"
    sandbox.run("/.muelle/bin/sh", "-c", many)
    assert int(Path("/proc/sys/fs/file-nr").read_text().split()[0]) - used < 4096 * LIMITS.pids

    def more_files(_body: dict[str, Any], host: dict[str, Any]) -> None:
        host["Ulimits"] = [{"Name": "nofile", "Soft": 20_000, "Hard": 20_000}]

    with range_.weakened(more_files) as control:
        assert control.run("/probes/descriptors", "10000").stdout == b"10000 ok\n"


def log_size(range_: Range, handle: str) -> int:
    path = Path(range_.client.inspect_container(handle)["LogPath"])
    return sum(file.stat().st_size for file in path.parent.glob(f"{path.name}*"))


def test_b08_the_agents_output_cannot_be_written_by_others(range_: Range, sandbox: Subject) -> None:
    outputs = [f"/proc/1/fd/{number}" for number in range(3)]
    assert set(sandbox.probe("open", "w", *outputs).values()) <= {"EACCES", "EPERM"}

    # What protects the agent is that nobody may read its program; this process 1 may be read.
    with range_.bare(["/probes/child", "/probes/open", "w", *outputs], lambda body, host: None) as control:
        range_.client.wait(control, timeout=20)
        assert b"/proc/1/fd/1 ok" in range_.client.logs(control)


def test_b08_a_flood_of_log_stops_at_two_megabytes(range_: Range) -> None:
    flood = ["/.muelle/bin/sh", "-c", f"yes {'0123456789abcdef' * 250} | head -c {17 * MIB}"]

    with range_.bare(flood, lambda body, host: None) as subject:
        range_.client.wait(subject, timeout=60)
        assert 0 < log_size(range_, subject) <= 2 * MIB

    def without_limit(_body: dict[str, Any], host: dict[str, Any]) -> None:
        host["LogConfig"] = {"Type": "json-file", "Config": {"max-size": "64m", "max-file": "1"}}

    with range_.bare(flood, without_limit) as control:
        range_.client.wait(control, timeout=60)
        assert log_size(range_, control) > 16 * MIB
