"""The agent against the learner's own processes: same uid, same namespaces. And against a lack of memory."""

from __future__ import annotations

import asyncio
import socket
from pathlib import Path
from typing import Any

import pytest

from sandboxes.agent_client import Output, PtyCommand, PtyStream
from tests.abuse.harness import Range, Subject

pytestmark = [pytest.mark.docker, pytest.mark.abuse]

SHELL = "/.muelle/bin/sh"
BOOTSTRAP = "/.muelle/boot/boot.sock"
WAYS_IN = {"mem", "maps", "environ", "fd/0", "ns/mnt", "oom_score_adj", "getfd", "readv", "ptrace"}
RING = 1 << 20
PTYS = 8
REFUSED = {"EPERM", "EACCES"}
BY_YAMA = {"getfd", "readv", "ptrace"}
YAMA = Path("/proc/sys/kernel/yama/ptrace_scope")
# Processes that the kernel has killed for lack of memory: cgroup v1, then v2.
OOM_KILLS = "cat /sys/fs/cgroup/memory/memory.oom_control /sys/fs/cgroup/memory.events 2>/dev/null | grep '^oom_kill '"


def without_filter(_body: dict[str, Any], host: dict[str, Any]) -> None:
    host["SecurityOpt"] = ["no-new-privileges=true", "seccomp=unconfined"]


def test_nobody_reaches_into_the_agent(range_: Range, sandbox: Subject) -> None:
    outcomes = sandbox.probe("reach", "1", BOOTSTRAP)

    assert outcomes.pop("bootstrap") == "ENOENT"
    assert outcomes.keys() == WAYS_IN
    assert set(outcomes.values()) <= REFUSED


def test_the_agent_needs_no_filter_for_that(range_: Range) -> None:
    with range_.weakened(without_filter) as unfiltered:
        outcomes = unfiltered.probe("reach", "1", BOOTSTRAP)

        script = f"/probes/child /.muelle/bin/sleep 30 & p=$!; sleep 0.3; /probes/reach $p {BOOTSTRAP}"
        said = unfiltered.run(SHELL, "-c", script).stdout.decode()

    assert outcomes.pop("bootstrap") == "ENOENT"
    assert set(outcomes.values()) <= REFUSED
    # The control: every way leads into a process whose program the learner may read. (EFAULT: it was at the door.)
    # Where the host has Yama, the last three lead into one's own children only.
    control = dict(line.split() for line in said.splitlines())
    assert {control[way] for way in WAYS_IN - BY_YAMA} == {"ok"}
    assert {control[way] for way in BY_YAMA} <= {"ok", "EFAULT"} | ({"EPERM"} if YAMA.exists() else set())


def test_the_bootstrap_could_be_dialled_while_it_was_there(range_: Range, sandbox: Subject) -> None:
    """The control of `bootstrap` above: the directory is the right one, and its read-only mount hinders nobody."""
    path = range_.place.boot_directory(sandbox.name) / "boot.sock"
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(path))
        path.chmod(0o666)
        listener.listen()

        assert sandbox.probe("reach", "1", BOOTSTRAP)["bootstrap"] == "ok"


def test_no_signal_ends_stops_or_fills_the_agent(sandbox: Subject) -> None:
    every = (
        "for i in $(seq 200); do for s in $(seq 64); do kill -$s 1; done; done; grep -E '^(SigQ|ShdPnd)' /proc/1/status"
    )

    status = dict(line.split() for line in sandbox.run(SHELL, "-c", every).stdout.decode().splitlines())

    assert sandbox.agent.ping()
    assert int(status["SigQ:"].split("/")[0]) < 10
    control = sandbox.run(SHELL, "-c", "sleep 100 & kill -15 $!; wait $!; echo $?").stdout
    assert control == b"143\n"


async def fill_a_ring(sandbox: Subject, range_: Range, name: str) -> None:
    """A terminal whose ring is full, with nobody watching."""
    command = PtyCommand(
        [SHELL, "-c", f"/.muelle/bin/head -c {2 * RING} /dev/zero; exec /.muelle/bin/sleep 300"], {}, "/"
    )
    stream = await PtyStream.attach(
        range_.place.agent_socket(sandbox.name), name=name, viewer="v", offset=0, window=RING, spawn=command
    )
    received = 0
    while received < 2 * RING:
        event = await stream.read()
        if isinstance(event, Output):
            received = event.offset + len(event.data)
            await stream.acknowledge(received)
    await stream.close()


def test_b02_the_agent_is_not_what_the_kernel_kills(range_: Range, sandbox: Subject) -> None:
    """Many small hogs, each larger than the agent's resident memory, but smaller than its rings."""

    async def fill_rings() -> None:
        for number in range(PTYS):
            await fill_a_ring(sandbox, range_, f"t{number}")

    asyncio.run(fill_rings())
    hogs = "for i in $(seq 25); do /probes/memory 4 3 & done; wait"

    sandbox.run(SHELL, "-c", hogs, timeout=30)

    assert [pty.offset for pty in sandbox.agent.ptys()] == [2 * RING] * PTYS
    assert sandbox.run("/.muelle/bin/echo", "here").stdout == b"here\n"
    assert int(sandbox.run(SHELL, "-c", OOM_KILLS).stdout.split()[1]) > 0, "The control: there was no memory left."
