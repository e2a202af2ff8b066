"""One viewer, and several, through a real server to a real agent."""

import contextlib
import struct

import pytest

from tests.contract.agent_process import AgentProcess
from tests.terminal import viewer as browser
from tests.terminal.harness import Server
from tests.terminal.viewer import RESTART, Viewer

PIECE = 4096  # bytes that one read of a pty gives at most


async def test_a_viewer_gets_a_prompt_and_an_echo(server: Server) -> None:
    async with Viewer(server.terminal()) as alice:
        await alice.until_output(b"learner@lab:~")

        await alice.type(b"echo $((40+2))\r")

        await alice.until_output(b"42\r\n")
        await alice.until(lambda: alice.input_accepted == len(b"echo $((40+2))\r"))
        assert alice.frames.index(0x82) < alice.frames.index(0x83), "What is seen goes before what is only counted."


async def test_input_without_any_echo_is_accepted_too(server: Server) -> None:
    async with Viewer(server.terminal()) as alice:
        await alice.until_output(b"learner@lab:~")
        await alice.type(b"stty -echo; echo rea''dy; sleep 5\r")
        await alice.until_output(b"ready\r\n")
        await alice.until(lambda: alice.input_accepted == alice.input_next)

        await alice.type(b"silence")

        await alice.until(lambda: alice.input_accepted == alice.input_next)


async def test_a_flood_comes_in_fewer_messages_than_pieces(server: Server) -> None:
    async with Viewer(server.terminal()) as alice:
        await alice.until_output(b"learner@lab:~")
        before = alice.received

        await alice.type(b"head -c 3000000 /dev/zero | tr '\\0' x; echo o''ver\r")

        await alice.until_output(b"over\r\n", patience=60)
        assert (alice.received - before) / alice.frames.count(0x82) > PIECE


async def test_the_first_viewer_drives_and_its_size_is_the_shells(server: Server) -> None:
    async with Viewer(server.terminal(), columns=101, rows=33) as alice:
        await alice.type(b"stty size\r")

        await alice.until_output(b"33 101")
        assert alice.hello
        assert alice.hello.driving


async def test_who_typed_last_decides_the_size(server: Server) -> None:
    async with (
        Viewer(server.terminal(), columns=100, rows=30) as laptop,
        Viewer(server.terminal(), columns=50, rows=20) as phone,
    ):
        assert phone.hello
        assert not phone.hello.driving

        await phone.type(b"stty size\r")

        await phone.until_output(b"20 50")
        await laptop.until(lambda: (50, 20, False) in laptop.sizes)
        await phone.until(lambda: (50, 20, True) in phone.sizes)


async def test_all_viewers_see_the_same_bytes(server: Server) -> None:
    async with Viewer(server.terminal()) as one, Viewer(server.terminal()) as other:
        await one.type(b"seq 1 20000; echo do''ne\r")

        await one.until_output(b"done\r\n")
        await other.until(lambda: other.received == one.received)
        assert other.output == one.output


async def test_a_resize_reaches_the_shell(server: Server) -> None:
    async with Viewer(server.terminal()) as alice:
        await alice.send(browser.resize(64, 16))

        await alice.type(b"stty size\r")

        await alice.until_output(b"16 64")


async def test_two_terminals_are_two_shells(server: Server) -> None:
    async with Viewer(server.terminal("one")) as one, Viewer(server.terminal("two")) as two:
        await one.type(b"who=first\r")
        await two.type(b'echo "[${who:-nobody}]"\r')

        await two.until_output(b"[nobody]\r\n")


async def test_exit_is_told_and_enter_starts_a_new_shell(server: Server) -> None:
    async with Viewer(server.terminal()) as alice:
        await alice.type(b"exit 7\r")
        await alice.until(lambda: alice.exits == [(0, 7)])
        before = alice.received

        alice.hello = None
        await alice.send(RESTART)
        await alice.until(lambda: alice.hello is not None)
        await alice.type(b"echo ag''ain\r")

        await alice.until_output(b"again\r\n")
        assert alice.hello.resumed
        assert alice.hello.start == before


async def test_two_viewers_survive_the_end_of_their_shell(server: Server) -> None:
    async with Viewer(server.terminal()) as one, Viewer(server.terminal()) as other:
        await one.type(b"exit\r")
        await one.until(lambda: bool(one.exits))
        await other.until(lambda: bool(other.exits))

        for viewer in (one, other):
            viewer.hello = None
            await viewer.send(RESTART)
            await viewer.until(lambda: viewer.hello is not None)  # noqa: B023
        await other.type(b"echo bo''th\r")

        await one.until_output(b"both\r\n")


async def test_what_is_typed_for_an_ended_shell_is_not_typed_into_the_next(server: Server) -> None:
    async with Viewer(server.terminal()) as alice:
        await alice.type(b"exit\r")
        await alice.until(lambda: bool(alice.exits))
        await alice.type(b"echo st''ale\r")

        alice.hello = None
        await alice.send(RESTART)
        await alice.until(lambda: alice.hello is not None)
        await alice.type(b"echo fr''esh\r")

        await alice.until_output(b"fresh\r\n")
        assert b"st''ale" not in alice.output


async def test_a_shell_that_is_killed_says_by_which_signal(server: Server) -> None:
    async with Viewer(server.terminal()) as alice:
        await alice.type(b"kill -9 $$\r")

        await alice.until(lambda: alice.exits == [(1, 9)])


async def test_a_large_paste_arrives_whole(server: Server, agent: AgentProcess) -> None:
    async with Viewer(server.terminal()) as alice:
        text = (b"0123456789abcde" * 100 + b"\n") * 200
        await alice.type(b"stty -echo; head -c %d > pasted; echo re''ad\r" % len(text))
        await alice.until_output(b"stty")

        await alice.type(text)

        await alice.until_output(b"read\r\n", patience=30)
        assert (agent.home / "pasted").read_bytes() == text


@pytest.mark.parametrize(
    "frame",
    [
        b"",
        b"\x63",
        "text",
        browser.attach(bytes(16)),
        browser.typed(12, b"a hole after the 8 bytes of the test"),
        browser.ack(10**9),
        browser.resize(1, 1),
    ],
)
async def test_a_frame_that_no_browser_sends_closes_the_socket(server: Server, frame: bytes | str) -> None:
    async with Viewer(server.terminal()) as alice:
        await alice.type(b"sleep 1\r")

        await alice.send(frame)

        assert await alice.until_closed() == 1008


async def test_the_first_frame_must_be_attach(server: Server) -> None:
    alice = Viewer(server.terminal())
    alice_socket = await browser.connect(alice.url, compression=None)

    await alice_socket.send(browser.ack(0))

    await alice_socket.wait_closed()
    assert alice_socket.close_code == 1008


async def test_input_beyond_the_window_closes_the_socket(server: Server) -> None:
    async with Viewer(server.terminal()) as alice:
        await alice.type(b"stty -echo -icanon; sleep 60\r")
        await alice.until_output(b"sleep")
        offset = alice.input_next

        for _ in range(12):  # the terminal itself takes a few kilobytes
            await alice.send(browser.typed(offset, bytes(16_384)))
            offset += 16_384

        assert await alice.until_closed() == 1008


@pytest.mark.abuse
async def test_a_64_mib_frame_is_refused_without_cost_to_others(server: Server) -> None:
    async with Viewer(server.terminal("other")) as bob, Viewer(server.terminal()) as mallory:
        with contextlib.suppress(browser.ConnectionClosed):
            await mallory.send(bytes(64 << 20))

        assert await mallory.until_closed() == 1009
        await bob.type(b"echo fi''ne\r")
        await bob.until_output(b"fine\r\n")


@pytest.mark.abuse
async def test_ten_thousand_frames_at_once_close_the_socket(server: Server) -> None:
    async with Viewer(server.terminal("other")) as bob, Viewer(server.terminal()) as mallory:
        with contextlib.suppress(browser.ConnectionClosed):
            for _ in range(10_000):
                await mallory.send(browser.resize(80, 24))

        assert await mallory.until_closed() == 1008
        await bob.type(b"echo fi''ne\r")
        await bob.until_output(b"fine\r\n")


async def test_fast_typing_is_not_too_many_frames(server: Server) -> None:
    async with Viewer(server.terminal()) as alice:
        await alice.type(b"stty -echo; wc -c\r")
        await alice.until_output(b"wc")

        for _ in range(500):
            await alice.type(b"x")
        await alice.type(b"\r\x04")

        await alice.until_output(b"501")


async def test_a_ping_is_answered(server: Server) -> None:
    async with Viewer(server.terminal()) as alice:
        await alice.send(b"\x06" + struct.pack(">I", 4711))

        await alice.until(lambda: alice.pongs == [4711])


async def test_no_agent_means_try_again(server: Server, agent: AgentProcess) -> None:
    agent.stop()

    alice = Viewer(server.terminal())
    await alice.connect()

    assert await alice.until_closed() == 1013


async def test_an_agent_that_dies_means_try_again(server: Server, agent: AgentProcess) -> None:
    async with Viewer(server.terminal()) as alice:
        agent.kill()

        assert await alice.until_closed() == 1013


async def test_what_has_piled_up_leaves_in_large_frames(server: Server) -> None:
    async with Viewer(server.terminal()) as laptop:
        await laptop.type(b"seq 1 60000; echo en''d\r")
        await laptop.until_output(b"end\r\n")

    async with Viewer(server.terminal()) as phone:
        await phone.until_output(b"end\r\n")

        assert phone.largest > 16_384


async def test_what_is_typed_is_noted_as_activity(server: Server) -> None:
    async with Viewer(server.terminal()) as alice:
        for key in b"echo acti''vity\r":
            await alice.type(bytes([key]))

        await alice.until_output(b"activity\r\n")
        assert server.site.typed == b"echo acti''vity\r"
