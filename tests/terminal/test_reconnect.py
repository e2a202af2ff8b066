"""Every byte once, in both directions, whatever breaks."""

import asyncio
import contextlib
import hashlib
import random

import pytest

from tests.contract.agent_process import AgentProcess
from tests.terminal import viewer as browser
from tests.terminal.harness import Server, Site
from tests.terminal.viewer import RESTART, Viewer

LINES = 20_000
STREAMS = 100
EXPECTED = hashlib.sha256("".join(f"{n}\r\n" for n in range(1, LINES + 1)).encode()).hexdigest()


async def quiet(viewer: Viewer) -> None:
    """Make the shell print nothing but what commands print."""
    await viewer.type(b"PS1= PS2= HISTFILE=; stty -echo; bind 'set enable-bracketed-paste off'; echo qu''iet\r")
    await viewer.until_output(b"quiet\r\n")
    await viewer.type(b"echo si''lent\r")
    await viewer.until_output(b"silent\r\n")


async def follow_with_breaks(viewer: Viewer, chance: random.Random, until: bytes) -> int:
    """Break the line at random moments and come back, until the viewer has received `until`; count the breaks."""
    breaks = 0
    while not viewer.output.endswith(until):
        target = viewer.received + chance.randint(1, 50_000)
        await viewer.until(lambda: viewer.received >= target or viewer.output.endswith(until))  # noqa: B023
        if viewer.output.endswith(until):
            break
        await viewer.disconnect(rudely=chance.random() < 0.5)
        breaks += 1
        if chance.random() < 0.3:
            await asyncio.sleep(chance.random() * 0.02)
        await viewer.connect()
    return breaks


async def test_a_hundred_streams_with_random_breaks_are_exact(server: Server, record_property) -> None:
    seed = random.randrange(10**9)
    record_property("seed", seed)
    chance = random.Random(seed)
    viewer = Viewer(server.terminal())
    await viewer.connect()
    await quiet(viewer)
    breaks = 0

    for number in range(STREAMS):
        viewer.output.clear()
        await viewer.type(b"seq 1 %d; echo en''d\r" % LINES)
        breaks += await follow_with_breaks(viewer, chance, b"end\r\n")
        digest = hashlib.sha256(viewer.output.removesuffix(b"end\r\n")).hexdigest()
        assert digest == EXPECTED, f"stream {number}, seed {seed}"

    assert breaks > STREAMS  # each was really broken, more than once on average
    assert viewer.gaps == []
    await viewer.disconnect()


async def test_a_stream_is_exact_across_restarts_of_the_web_process(agent: AgentProcess, socket_enabled: None) -> None:
    server = Server(Site(agent)).start()
    viewer = Viewer(server.terminal())
    await viewer.connect()
    await quiet(viewer)
    viewer.output.clear()
    await viewer.type(b"echo $$; seq 1 %d; echo $$\r" % LINES)

    for _ in range(5):
        await viewer.until_output(b"\r\n")
        server.stop()
        await viewer.until_closed()
        await viewer.disconnect()
        server = Server(Site(agent)).start()
        viewer.url = server.terminal()
        await viewer.connect()
    await viewer.until(
        lambda: viewer.output.endswith(viewer.output.split(b"\r\n")[0] + b"\r\n") and len(viewer.output) > LINES
    )
    await viewer.disconnect()
    server.stop()

    lines = viewer.output.split(b"\r\n")
    assert lines[0] == lines[-2], "another shell"
    assert lines[1:-2] == [b"%d" % n for n in range(1, LINES + 1)]


async def test_another_device_sees_the_whole_screen(server: Server) -> None:
    async with Viewer(server.terminal()) as laptop:
        await laptop.type(b"seq 1 5000; echo en''d\r")
        await laptop.until_output(b"end\r\n")

        async with Viewer(server.terminal()) as phone:
            await phone.until(lambda: phone.received == laptop.received)

            assert phone.output == laptop.output
            assert phone.hello
            assert (phone.hello.resumed, phone.hello.start) == (False, 0)
            assert phone.hello.live == laptop.received


async def test_beyond_the_ring_the_gap_is_told_and_the_rest_is_exact(server: Server) -> None:
    viewer = Viewer(server.terminal())
    await viewer.connect()
    await quiet(viewer)
    await viewer.type(b"sleep 0.3; seq 1 500000; echo en''d\r")
    before = viewer.received
    await viewer.disconnect()
    await asyncio.sleep(2.5)
    viewer.output.clear()

    await viewer.connect()
    await viewer.until_output(b"end\r\n", patience=30)

    everything = "".join(f"{n}\r\n" for n in range(1, 500_001)).encode() + b"end\r\n"
    [(lost, offset, _)] = viewer.gaps
    assert lost == offset - before
    assert lost + len(viewer.output) == len(everything)
    assert everything.endswith(bytes(viewer.output))
    await viewer.disconnect()


async def test_after_a_gap_the_modes_hold_and_the_program_draws_itself_again(server: Server) -> None:
    viewer = Viewer(server.terminal())
    await viewer.connect()
    await viewer.type(b"trap 'echo re''drawn' WINCH; printf '\\e[?1049h\\e[?2004h'; sleep 0.3; seq 1 400000; read\r")
    await viewer.until_output(b"\x1b[?1049h\x1b[?2004h")
    await viewer.disconnect()
    await asyncio.sleep(2.5)

    await viewer.connect()
    await viewer.until(lambda: bool(viewer.gaps))

    assert b"?1049h" in viewer.gaps[0][2]
    assert b"?2004h" in viewer.gaps[0][2]
    await viewer.until_output(b"400000")
    await viewer.type(b"\r")
    await viewer.until_output(b"redrawn\r\n")
    await viewer.disconnect()


async def test_a_reset_sandbox_is_another_stream(server: Server) -> None:
    viewer = Viewer(server.terminal())
    await viewer.connect()
    await viewer.until_output(b"learner@lab")
    await viewer.disconnect()

    server.site.resets += 1
    await viewer.connect()

    assert viewer.hello
    assert (viewer.hello.resumed, viewer.hello.start) == (False, 0)
    await viewer.disconnect()


async def test_input_is_typed_once_however_often_the_line_breaks(server: Server, agent: AgentProcess) -> None:
    chance = random.Random(20)
    viewer = Viewer(server.terminal())
    await viewer.connect()
    await viewer.type(b"stty -echo; cat > typed; echo sa''ved\r")
    await viewer.until_output(b"cat >")
    text = b"".join(b"%06d\n" % n for n in range(30_000)) + b"\x04"
    base, position = viewer.input_next, 0

    while position < len(text):
        with contextlib.suppress(browser.ConnectionClosed):
            for _ in range(chance.randint(1, 12)):
                piece = text[position : position + chance.randint(1, 4000)]
                await viewer.until(lambda: viewer.input_next + 4000 - viewer.input_accepted <= 65_536)
                await viewer.send(browser.typed(viewer.input_next, piece))
                viewer.input_next += len(piece)
                position += len(piece)
        await viewer.disconnect(rudely=True)
        await viewer.connect()
        assert viewer.hello
        assert viewer.hello.known
        position = viewer.hello.input - base
    await viewer.until_output(b"saved\r\n", patience=30)

    assert (agent.home / "typed").read_bytes() == text[:-1]
    await viewer.disconnect()


async def test_repeated_input_is_typed_once(server: Server) -> None:
    async with Viewer(server.terminal()) as viewer:
        await viewer.send(browser.typed(0, b"echo on''ce"))
        await viewer.send(browser.typed(0, b"echo on''ce\r"))

        await viewer.until_output(b"once\r\n")
        assert b"echo on''ceecho" not in viewer.output


async def test_a_restarted_shell_goes_on_in_the_same_stream_after_a_break(server: Server) -> None:
    viewer = Viewer(server.terminal())
    await viewer.connect()
    await viewer.type(b"exit\r")
    await viewer.until(lambda: bool(viewer.exits))
    await viewer.disconnect()

    await viewer.connect()

    assert viewer.hello
    assert viewer.hello.resumed
    await viewer.type(b"echo an''ew\r")
    await viewer.until_output(b"anew\r\n")
    with pytest.raises(TimeoutError):
        await viewer.until(lambda: len(viewer.exits) > 1, patience=0.2)
    await viewer.send(RESTART)  # Without an ended shell it means nothing.
    await viewer.type(b"echo st''ill\r")
    await viewer.until_output(b"still\r\n")
    await viewer.disconnect()
