"""Floods, stalled viewers and slow ones: what they cost, and whom."""

import asyncio
import time

import pytest

from terminal import bridge
from terminal.window import MAX_WINDOW, START_WINDOW
from tests.terminal import viewer as browser
from tests.terminal.harness import Server
from tests.terminal.viewer import Viewer

FLOOD = b"yes 0123456789012345678901234567890123456789\r"


async def settled(viewer: Viewer, seconds: float = 0.5) -> int:
    """The offset at which output stands still."""
    before = -1
    while before != viewer.received:
        before = viewer.received
        await asyncio.sleep(seconds)
    return before


@pytest.mark.abuse
async def test_a_stalled_viewer_is_sent_one_window_and_no_more(server: Server) -> None:
    async with Viewer(server.terminal()) as stalled:
        await stalled.type(b"true\r")
        acknowledged = await settled(stalled, 0.2)
        stalled.acknowledges = False

        await stalled.type(FLOOD)

        assert await settled(stalled) - acknowledged <= START_WINDOW


@pytest.mark.abuse
async def test_a_viewer_that_stalls_in_full_flood_costs_at_most_the_largest_window(server: Server) -> None:
    async with Viewer(server.terminal()) as stalled:
        await stalled.type(FLOOD)
        await stalled.until(lambda: stalled.received > 8_000_000, patience=30)

        stalled.acknowledges = False
        acknowledged = stalled.received

        assert await settled(stalled) - acknowledged <= MAX_WINDOW


async def test_a_shell_does_not_wait_for_a_stalled_viewer_when_another_is_awake(server: Server) -> None:
    async with Viewer(server.terminal(), acknowledges=False), Viewer(server.terminal()) as awake:
        await awake.type(b"seq 1 300000; echo en''d\r")

        await awake.until_output(b"end\r\n", patience=30)


async def test_a_viewer_that_fell_out_of_the_ring_is_told(server: Server) -> None:
    async with Viewer(server.terminal(), acknowledges=False) as slow, Viewer(server.terminal()) as awake:
        await awake.type(b"seq 1 500000; echo en''d\r")
        await awake.until_output(b"end\r\n", patience=30)

        slow.acknowledges = True
        await slow.send(browser.ack(slow.received))

        await slow.until_output(b"end\r\n", patience=30)
        assert slow.gaps
        assert sum(lost for lost, _, _ in slow.gaps) + len(slow.output) == slow.received


async def test_a_shell_does_not_wait_when_nobody_watches(server: Server) -> None:
    viewer = Viewer(server.terminal(), acknowledges=False)
    await viewer.connect()
    await viewer.type(b"seq 1 300000; touch done\r")
    await viewer.disconnect()

    async with asyncio.timeout(10):
        while not (server.site.agent.home / "done").exists():
            await asyncio.sleep(0.05)


async def test_an_interrupt_ends_a_flood_at_once(server: Server) -> None:
    async with Viewer(server.terminal()) as alice:
        await alice.type(FLOOD)
        await alice.until(lambda: alice.received > 3_000_000, patience=30)

        alice.output.clear()
        started = time.monotonic()
        await alice.type(b"\x03echo stop''ped\r")

        await alice.until_output(b"stopped\r\n")
        assert time.monotonic() - started < 1.0


async def test_floods_leave_the_others_their_turn(server: Server) -> None:
    floods = [Viewer(server.terminal(f"flood-{n}")) for n in range(3)]
    async with Viewer(server.terminal()) as typist:
        for flood in floods:
            await flood.connect()
            await flood.type(FLOOD)
        slowest = 0.0

        for number in range(20):
            started = time.monotonic()
            await typist.type(b"echo k''ey-%d\r" % number)
            await typist.until_output(b"key-%d\r\n" % number)
            slowest = max(slowest, time.monotonic() - started)

        assert slowest < 1.0  # The test's own client shares the loop with three floods; the bench measures properly.
        for flood in floods:
            assert flood.received > 100_000
            await flood.disconnect()


async def test_a_viewer_that_acknowledges_nothing_for_minutes_is_closed(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bridge, "STALL_SECONDS", 0.4)
    monkeypatch.setattr(bridge, "STALL_CHECK_SECONDS", 0.1)
    async with Viewer(server.terminal(), acknowledges=False) as stalled:
        await stalled.type(FLOOD)

        assert await stalled.until_closed() == 4008


async def test_a_quiet_viewer_is_not_closed(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bridge, "STALL_SECONDS", 0.2)
    monkeypatch.setattr(bridge, "STALL_CHECK_SECONDS", 0.05)
    async with Viewer(server.terminal()) as quiet:
        await quiet.until_output(b"learner@lab")

        await asyncio.sleep(0.6)

        await quiet.type(b"echo al''ive\r")
        await quiet.until_output(b"alive\r\n")
