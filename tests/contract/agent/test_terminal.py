"""ATTACH: one viewer and its terminal."""

import asyncio
import os
import signal
import time
from pathlib import Path

import pytest

from sandboxes.agent_client import AgentLimit, Exited, PtyNotFound, PtyStream
from tests.contract.agent.conftest import Agent
from tests.contract.agent.viewing import command, shell, viewing


async def test_shell_has_a_terminal_of_its_own(agent: Agent):
    script = "tty; ps -o sid=,pid=,tty= $$; ls /proc/self/fd | wc -l; ulimit -c"

    async with viewing(agent, shell(script, agent)) as viewer:
        await viewer.until_ended()

    tty, ids, descriptors, core = viewer.output.decode().split("\n")[:4]
    session, pid, terminal = ids.split()
    assert tty == f"/dev/{terminal}"
    assert session == pid == str(viewer.stream.hello.pid)
    assert (int(descriptors), core) == (4, "0")


async def test_interrupt_key_reaches_the_foreground(agent: Agent):
    async with viewing(
        agent,
        command(["/bin/sh", "-c", "trap 'echo caught; exit 7' INT; echo ready; while :; do sleep 0.05; done"], agent),
    ) as viewer:
        await viewer.until_output(b"ready")
        await viewer.type(b"\x03")
        await viewer.until_ended()

    assert b"caught" in viewer.output
    assert viewer.exited == Exited(exit_code=7)


async def test_every_byte_of_a_flood_arrives_up_to_the_last(agent: Agent):
    data = os.urandom(20_000_000)
    (agent.home / "data").write_bytes(data)

    async with viewing(agent, shell("cat data", agent)) as viewer:
        await viewer.until_ended()

    assert viewer.output == data
    assert viewer.gaps == []
    assert viewer.exited == Exited(exit_code=0)


async def test_large_paste_arrives_whole(agent: Agent):
    data = os.urandom(3_000_000)
    script = f"echo ready; head -c {len(data)} > pasted; echo done; sleep 60"

    async with viewing(agent, shell(script, agent)) as viewer:
        await viewer.until_output(b"ready")
        pasting = asyncio.create_task(viewer.type(data))
        await viewer.until_output(b"done")
        await pasting

    assert (agent.home / "pasted").read_bytes() == data


async def test_paste_that_is_echoed_does_not_lock_up(agent: Agent):
    """Input stalls because output does: acknowledgements must still get through."""
    data = b"0123456789abcde\n" * 60_000
    async with viewing(agent, shell("echo ready; exec cat", agent), window=4096) as viewer:
        await viewer.until_output(b"ready\n")
        pasting = asyncio.create_task(viewer.type(data))
        await viewer.until(lambda: len(viewer.output) >= len(data) + 6)
        await pasting

    assert viewer.output == b"ready\n" + data


async def test_end_by_signal(agent: Agent):
    async with viewing(agent, shell("kill -KILL $$", agent)) as viewer:
        await viewer.until_ended()

    assert viewer.exited == Exited(signal=signal.SIGKILL)


async def test_command_that_is_not_there(agent: Agent):
    async with viewing(agent, command(["/no/such/shell"], agent)) as viewer:
        await viewer.until_ended()

    assert b"/no/such/shell" in viewer.output
    assert viewer.exited == Exited(errno=2)


async def test_end_is_told_although_others_hold_the_terminal(agent: Agent):
    async with viewing(agent, shell("(trap '' HUP; sleep 300) & sleep 0.1; echo bye", agent)) as viewer:
        await viewer.until_ended()

    assert viewer.output == b"bye\n"


async def test_shell_may_close_and_reopen_its_terminal(agent: Agent):
    script = "exec <&- >&- 2>&-; sleep 0.5; echo again >/dev/tty; sleep 1; echo more >/dev/tty"

    async with viewing(agent, shell(script, agent)) as viewer:
        await viewer.until_ended()

    assert viewer.output == b"again\nmore\n"


async def test_idle_agent_uses_no_processor_time(agent: Agent):
    async with viewing(agent, shell("echo ready; exec <&- >&- 2>&-; sleep 300", agent)) as viewer:
        await viewer.until_output(b"ready")
        before = Path(f"/proc/{agent.pid}/stat").read_text().split()[13:15]
        time.sleep(1)
        after = Path(f"/proc/{agent.pid}/stat").read_text().split()[13:15]

    assert sum(map(int, after)) - sum(map(int, before)) <= 5


async def test_absent_terminal_without_a_command(agent: Agent):
    with pytest.raises(PtyNotFound):
        await PtyStream.attach(agent.socket, name="main", viewer="alice", offset=0, window=1000, spawn=None)


async def test_shell_is_started_anew_once_all_have_left(agent: Agent):
    async with viewing(agent, shell("echo one", agent)) as first:
        await first.until_ended()
        async with viewing(agent, shell("echo two", agent), viewer="bob") as second:
            await second.until_ended()

    async with viewing(agent, shell("echo three", agent), offset=first.offset) as third:
        await third.until_ended()

    assert not second.stream.hello.spawned
    assert second.output == b"one\n"
    assert third.stream.hello.spawned
    assert third.output == b"three\n"


async def test_what_an_ended_shell_said_stays_readable(agent: Agent):
    async with viewing(agent, shell("echo last words", agent)) as first:
        await first.until_ended()

    async with viewing(agent, viewer="bob") as second:
        await second.until_ended()

    assert second.output == b"last words\n"
    assert not second.stream.hello.alive


async def test_eight_terminals_and_no_more(agent: Agent):
    sleeping = shell("sleep 300", agent)
    for number in range(8):
        async with viewing(agent, sleeping, name=f"t{number}"):
            pass

    with pytest.raises(AgentLimit):
        await PtyStream.attach(agent.socket, name="t8", viewer="alice", offset=0, window=1000, spawn=sleeping)

    assert [pty.name for pty in agent.client.ptys()] == [f"t{number}" for number in range(8)]


async def test_ended_terminal_makes_room_for_another(agent: Agent):
    for number in range(8):
        async with viewing(
            agent, shell("echo bye" if number == 3 else "sleep 300", agent), name=f"t{number}"
        ) as viewer:
            if number == 3:
                await viewer.until_ended()

    async with viewing(agent, shell("echo new", agent), name="t8") as viewer:
        await viewer.until_ended()

    assert viewer.output == b"new\n"


async def test_list_of_terminals(agent: Agent):
    async with viewing(agent, shell("echo hello; sleep 300", agent), size=(90, 20)) as viewer:
        await viewer.until_output(b"hello\n")

        (pty,) = agent.client.ptys()

    assert (pty.name, pty.pid, pty.alive) == ("main", viewer.stream.hello.pid, True)
    assert (pty.first, pty.offset, pty.columns, pty.rows, pty.viewers) == (0, 6, 90, 20, 1)
