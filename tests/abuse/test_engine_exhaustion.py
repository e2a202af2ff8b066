"""B01, B05, B06, B12 where the learner has a Docker: what it takes is bounded, and nothing stays behind."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from running_site import wait_for

from sandboxes.limits import MIB
from tests.abuse.harness import Range, Subject
from tests.abuse.inner import ENGINE_LIMITS, EngineSubject, engine_sandbox

pytestmark = [pytest.mark.docker, pytest.mark.abuse]

DYING_CLIENTS = Path(__file__).parent / "dying_clients.py"
PLATFORM = Path(__file__).resolve().parents[2] / "platform"
SPINNERS = 8
SPINNING = 3.0  # seconds
SPIN = f"for n in $(seq {SPINNERS}); do (while :; do :; done) & done; sleep {SPINNING}; kill $(jobs -p)"
# How often the kernel has stopped it for having had its share: cgroup v1, then v2.
THROTTLED = "cat /sys/fs/cgroup/cpu/cpu.stat /sys/fs/cgroup/cpu.stat 2>/dev/null | grep ^nr_throttled"
KILLS = 100
ROOM = 8 * MIB
FILES = 30_000
COUNT = "ps -e --no-headers | wc -l; ls /dev/pts | wc -l"


def answer_times(subject: Subject, seconds: float) -> list[float]:
    """How long it takes to run the smallest program, over and over."""
    taken = []
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        began = time.monotonic()
        assert subject.run("/.muelle/bin/true").exit_code == 0
        taken.append(time.monotonic() - began)
        time.sleep(0.01)
    return taken


def spin(subject: EngineSubject, neighbour: Subject) -> tuple[list[float], int]:
    """Spin, and return how long the neighbour's answers took meanwhile and how often the kernel stepped in."""
    before = int(subject.shell(THROTTLED).split()[-1])
    process = subject.shell(f"({SPIN}) >/dev/null 2>&1 & echo $!")
    assert process
    taken = answer_times(neighbour, SPINNING - 0.5)
    time.sleep(0.5)
    return taken, int(subject.shell(THROTTLED).split()[-1]) - before


def test_b01_busy_loops_get_their_share_and_no_more(
    range_: Range, engine_image: str, engine_box: EngineSubject, sandbox: Subject
) -> None:
    alone = answer_times(sandbox, 1.0)

    used = range_.runtime.stats(engine_box.handle).cpu_seconds
    began = time.monotonic()
    meanwhile, throttled = spin(engine_box, sandbox)
    used = range_.runtime.stats(engine_box.handle).cpu_seconds - used

    assert throttled > 0
    assert used <= 1.15 * ENGINE_LIMITS.cpus * (time.monotonic() - began)
    # The middle one, since single answers depend on whatever else this machine does.
    assert statistics.median(meanwhile) <= 1.5 * statistics.median(alone) + 0.01

    with engine_sandbox(
        range_, engine_image, weaken=lambda body, host: host.update(NanoCpus=0), docker=False
    ) as control:
        assert spin(control, sandbox)[1] == 0


# Less than a lesson has, so that it is soon full; the flag and what enforces it are the same.
SMALL_DISK = 256 * MIB


def small_disk(_body: dict[str, Any], host: dict[str, Any]) -> None:
    assert host["StorageOpt"] == {"size": str(ENGINE_LIMITS.disk_bytes)}
    host["StorageOpt"] = {"size": str(SMALL_DISK)}


def unlimited_disk(_body: dict[str, Any], host: dict[str, Any]) -> None:
    host["StorageOpt"] = {}


def test_b05_b06_a_disk_is_full_at_its_limit_of_bytes_and_of_files(range_: Range, engine_image: str) -> None:
    with engine_sandbox(range_, engine_image, weaken=small_disk, refused=False) as subject:
        said = subject.shell("docker run --rm --network none -v big:/d tiny dd if=/dev/zero of=/d/f bs=1M", timeout=120)
        assert "Disk quota exceeded" in said
        written = int(subject.shell("stat -c %s ~/.local/share/docker/volumes/big/_data/f"))
        assert 0.6 * SMALL_DISK < written < 1.1 * SMALL_DISK

        subject.shell(f"docker volume rm -f big; head -c {written - ROOM} /dev/zero > ~/most; mkdir ~/files")
        made, why = subject.probe("fill", "files", str(FILES), "/home/learner/files", timeout=120)[
            "/home/learner/files"
        ].split()
        assert why == "EDQUOT"
        assert int(made) < FILES

        assert subject.shell("rm ~/most && echo room > ~/note && cat ~/note") == "room"
        assert subject.run("/bin/true").exit_code == 0

    with engine_sandbox(range_, engine_image, weaken=unlimited_disk, docker=False) as control:
        most = str(SMALL_DISK + 32 * MIB)
        assert control.probe("fill", "bytes", most, "/home/learner", timeout=120) == {"/home/learner": f"{most} ok"}
        many = control.probe("fill", "files", str(FILES), "/home/learner", timeout=120)
        assert many == {"/home/learner": f"{FILES} ok"}


def test_b12_killed_clients_leave_no_process_and_no_terminal(range_: Range, engine_box: EngineSubject) -> None:
    path = range_.place.agent_socket(engine_box.name)
    command = [sys.executable, str(DYING_CLIENTS), str(path)]
    environment = {"PYTHONPATH": str(PLATFORM), "PATH": "/usr/bin:/bin"}

    def kill_clients(count: int) -> list[str]:
        done = subprocess.run(
            [*command, str(count)], env=environment, capture_output=True, text=True, timeout=120, check=True
        )
        return done.stdout.split()

    kill_clients(2)  # the terminal is there from now on, as it should be
    before = engine_box.shell(COUNT)

    assert kill_clients(KILLS) == ["killed"] * KILLS

    end = time.monotonic() + 30
    while engine_box.shell(COUNT) != before and time.monotonic() < end:
        time.sleep(0.2)
    assert engine_box.shell(COUNT) == before
    assert [pty.name for pty in engine_box.agent.ptys()] == ["main"]

    # The control: the engine's own way of running programs, by a client that is killed as well.
    client = subprocess.Popen(["docker", "-H", range_.engine_url, "exec", engine_box.handle, "sleep", "778"])
    wait_for(lambda: engine_box.shell("pgrep -fc '[s]leep 778'") == "1", seconds=20, what="The control's program")
    client.kill()
    client.wait(10)
    time.sleep(1)
    assert engine_box.shell("pgrep -fc '[s]leep 778'") == "1"
    engine_box.shell("pkill -f '[s]leep 778'")
