"""ATTACH: several viewers of one terminal, credit, gaps, sizes, reconnecting."""

import asyncio
from pathlib import Path

import pytest

from sandboxes.agent_client import AgentUnavailable, Resized
from tests.contract.agent.conftest import Agent
from tests.contract.agent.viewing import shell, viewing

RING = 1 << 20
NUMBERS = "i=0; while [ $i -lt 200000 ]; do echo $i; i=$((i+1)); done"


async def test_reconnecting_viewer_gets_every_byte_once(agent: Agent):
    async with viewing(agent, shell("echo one; sleep 0.3; echo two; sleep 300", agent)) as first:
        await first.until_output(b"one\n")
    await asyncio.sleep(0.5)

    async with viewing(agent, offset=first.offset) as second:
        await second.until_output(b"two\n")

    assert second.output == b"two\n"
    assert second.stream.hello.gap == 0
    assert second.stream.hello.pid == first.stream.hello.pid


async def test_shell_never_blocks_for_want_of_a_viewer(agent: Agent):
    async with viewing(agent, shell("sleep 0.2; head -c 5000000 /dev/zero; touch finished; sleep 300", agent)):
        pass

    for _ in range(200):
        await asyncio.sleep(0.05)
        if (agent.home / "finished").exists():
            break

    assert (agent.home / "finished").exists()


async def test_shell_waits_for_the_only_viewer(agent: Agent):
    async with viewing(agent, shell("cat /dev/zero", agent), window=10_000, acknowledging=False) as viewer:
        await viewer.until(lambda: len(viewer.output) == 10_000)
        await viewer.quiet(0.3)

        (pty,) = agent.client.ptys()

    assert len(viewer.output) == 10_000
    assert pty.offset == 10_000


async def test_window_can_grow(agent: Agent):
    async with viewing(agent, shell("cat /dev/zero", agent), window=1000, acknowledging=False) as viewer:
        await viewer.until(lambda: len(viewer.output) == 1000)
        await viewer.stream.set_window(5000)
        await viewer.until(lambda: len(viewer.output) == 5000)


async def test_fastest_viewer_governs_and_the_slow_one_gets_an_honest_gap(agent: Agent):
    total = 3 * RING
    async with (
        viewing(
            agent,
            shell(f"echo ready; read go; head -c {total} /dev/zero; sleep 300", agent),
            window=4096,
            acknowledging=False,
        ) as slow,
        viewing(agent, viewer="bob") as fast,
    ):
        await fast.until_output(b"ready\n")
        await fast.type(b"\n")
        await fast.until(lambda: fast.offset == total + 6)
        slow.acknowledging = True
        await slow.until(lambda: slow.offset == 4096)
        await slow.stream.acknowledge(slow.offset)
        await slow.until(lambda: slow.offset == total + 6)

    assert fast.gaps == []
    assert len(fast.output) == total + 6
    assert [gap.lost for gap in slow.gaps] == [total + 6 - RING - 4096]
    assert len(slow.output) == RING + 4096


async def test_late_viewer_is_told_how_much_is_lost_and_the_modes(agent: Agent):
    modes = r"\033[?1049h\033[?1;2004h\033[?25l\033[?7l\033="
    undone = r"\033[?1000h\033[?1000l"
    async with viewing(
        agent, shell(f"printf '{modes}{undone}'; head -c {RING + 500} /dev/zero; sleep 300", agent)
    ) as first:
        await first.until(lambda: len(first.output) > RING + 500)
    total = first.offset

    async with viewing(agent, viewer="bob") as late:
        await late.until(lambda: late.offset == total)

    assert late.stream.hello.gap == total - RING
    assert late.stream.hello.modes == b"\033[?1049h\033[?1h\033[?7l\033[?25l\033[?2004h\033="
    assert len(late.output) == RING


async def test_offset_from_another_sandbox_starts_at_what_there_is(agent: Agent):
    async with viewing(agent, shell("echo hello; sleep 300", agent), offset=10**12) as viewer:
        await viewer.until_output(b"hello\n")

    assert viewer.stream.hello.start_offset == 0
    assert viewer.stream.hello.gap == 0


async def test_input_is_taken_once_however_often_it_is_sent(agent: Agent):
    async with viewing(agent, shell("echo ready; exec cat", agent)) as first:
        await first.until_output(b"ready\n")
        await first.type(b"abc")
        await first.until(lambda: first.accepted == 3)

    async with viewing(agent, offset=first.offset) as second:
        await second.stream.write(0, b"abcdef")
        await second.stream.write(3, b"defghi")
        await second.until_output(b"ghi")

    assert second.stream.hello.input_offset == 3
    assert second.stream.hello.viewer_known
    assert (first.output + second.output).endswith(b"abcdefghi")


async def test_hole_in_the_input_is_an_error(agent: Agent):
    async with viewing(agent, shell("echo ready; exec cat", agent)) as viewer:
        await viewer.type(b"abc")
        await viewer.until_output(b"abc")
        await viewer.stream.write(100, b"late")

        with pytest.raises(Exception, match="malformed"):
            await viewer.quiet(10)


async def test_second_connection_of_a_viewer_replaces_the_first(agent: Agent):
    async with viewing(agent, shell("sleep 300", agent)) as first, viewing(agent) as second:
        with pytest.raises(AgentUnavailable):
            await first.until(lambda: False)

        assert second.stream.hello.driving
        assert agent.client.ptys()[0].viewers == 1


async def test_who_typed_last_sets_the_size(agent: Agent):
    script = "trap 'stty size' WINCH; echo ready; while :; do read line; done"
    async with (
        viewing(agent, shell(script, agent), size=(100, 30)) as first,
        viewing(agent, viewer="bob", size=(60, 20)) as second,
    ):
        await first.until_output(b"ready")
        await second.type(b"\n")
        await first.until_output(b"20 60")
        await second.until(lambda: second.sizes)
        await first.stream.resize(120, 40)
        await first.quiet(0.3)
        assert b"40 120" not in first.output
        await first.type(b"\n")
        await first.until_output(b"40 120")
        await second.until(lambda: len(second.sizes) == 2)

    assert first.stream.hello.driving
    assert not second.stream.hello.driving
    assert second.sizes == [Resized(60, 20, True), Resized(120, 40, False)]
    assert first.sizes == [Resized(60, 20, False), Resized(120, 40, True)]


async def test_when_the_driver_leaves_another_takes_over(agent: Agent):
    async with viewing(agent, shell("sleep 300", agent), viewer="bob", size=(70, 25)) as stays:
        async with viewing(agent, size=(100, 30)) as leaves:
            await leaves.type(b"x")
            await stays.until(lambda: stays.sizes)
        await stays.until(lambda: len(stays.sizes) == 2)

    assert stays.sizes == [Resized(100, 30, False), Resized(70, 25, True)]


async def test_redraw_makes_the_program_draw_itself_again(agent: Agent):
    script = "trap 'stty size' WINCH; echo ready; while :; do read line; done"
    async with viewing(agent, shell(script, agent), size=(100, 30)) as viewer:
        await viewer.until_output(b"ready")
        await viewer.stream.redraw()
        await viewer.until_output(b"29 100\n30 100\n")

    assert viewer.sizes == []


async def test_thirty_two_viewers_and_no_more(agent: Agent):
    async with viewing(agent, shell("echo hello; sleep 300", agent)) as first:
        others = [viewing(agent, viewer=f"v{number}") for number in range(31)]
        viewers = [await other.__aenter__() for other in others]
        for viewer in viewers:
            await viewer.until_output(b"hello")

        with pytest.raises(Exception, match="too many connections"):
            await viewing(agent, viewer="one-more").__aenter__()

        for other in others:
            await other.__aexit__(None, None, None)
        await first.until_output(b"hello")


async def test_stalled_viewer_costs_the_agent_little(agent: Agent):
    async with viewing(agent, shell("yes", agent), window=RING, acknowledging=False):
        await asyncio.sleep(1)

        status = dict(line.split(":", 1) for line in Path(f"/proc/{agent.pid}/status").read_text().splitlines())

    # Memory of its own, without its program; the ring is the sandbox's, not the agent's.
    assert int(status["RssAnon"].split()[0]) < 512
