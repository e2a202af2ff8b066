import asyncio
import struct
from pathlib import Path

import pytest

from sandboxes.agent_client import (
    AgentProtocolError,
    AgentUnavailable,
    CannotConnect,
    InputAccepted,
    Output,
    PtyEvent,
    PtyNotFound,
    PtyStream,
    aio,
    connect,
)
from sandboxes.agent_client.frames import INPUT_WINDOW, MAX_DATA, Event, encode
from tests.sandboxes.agent_client.scripted import scripted_agent


def hello(*, known: bool = True, accepted: int = 0) -> bytes:
    return encode(Event.HELLO, struct.pack("!QQQQQIHHBH", 0, 0, 0, 0, accepted, 3, 80, 24, known, 0))


async def attach(path: Path) -> PtyStream:
    return await PtyStream.attach(path, name="main", viewer="v", offset=0, window=1000, spawn=None)


async def test_nobody_answers(tmp_path: Path):
    with pytest.raises(AgentUnavailable, match="no agent answers"):
        await attach(tmp_path / "agent.sock")


async def test_silent_agent_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(aio, "ATTACH_TIMEOUT", 0.1)

    with scripted_agent(tmp_path, hang_up=False) as path, pytest.raises(AgentUnavailable):
        await attach(path)


async def test_agent_that_hangs_up_at_once(tmp_path: Path):
    with scripted_agent(tmp_path) as path, pytest.raises(AgentUnavailable, match="closed"):
        await attach(path)


async def test_refusal_is_raised(tmp_path: Path):
    refused = encode(Event.ERROR, struct.pack("!HIH", 3, 0, 2) + b"no")

    with scripted_agent(tmp_path, refused) as path, pytest.raises(PtyNotFound):
        await attach(path)


async def test_answer_to_another_question(tmp_path: Path):
    with scripted_agent(tmp_path, encode(Event.CONNECTED)) as path, pytest.raises(AgentProtocolError, match="ATTACH"):
        await attach(path)


@pytest.mark.parametrize("said", [encode(Event.STARTED, b"\0\0\0\1"), encode(250), hello()])
async def test_what_is_not_for_viewers(tmp_path: Path, said: bytes):
    with scripted_agent(tmp_path, hello() + said, hang_up=False) as path:
        stream = await attach(path)
        with pytest.raises(AgentProtocolError):
            await stream.read()
        await stream.close()


async def test_reading_may_be_cancelled_in_the_middle_of_a_frame(tmp_path: Path):
    output = encode(Event.OUTPUT, struct.pack("!Q", 0) + b"whole")

    with scripted_agent(tmp_path, hello() + output[:5], hang_up=False) as path:
        stream = await attach(path)
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(stream.read(), 0.1)
        stream._reader.feed_data(output[5:])

        event = await stream.read()
        await stream.close()

    assert event == Output(0, b"whole")


def output(offset: int, data: bytes) -> bytes:
    return encode(Event.OUTPUT, struct.pack("!Q", offset) + data)


async def read_all(path: Path, count: int) -> list[PtyEvent]:
    """That many events, read when all of them have arrived."""
    stream = await attach(path)
    await asyncio.sleep(0.05)
    events = [await stream.read() for _ in range(count)]
    await stream.close()
    return events


async def test_output_that_came_in_pieces_is_read_in_one(tmp_path: Path):
    said = output(0, b"one ") + output(4, b"two ") + output(8, b"three")

    with scripted_agent(tmp_path, hello() + said, hang_up=False) as path:
        events = await read_all(path, 1)

    assert events == [Output(0, b"one two three")]


async def test_what_comes_between_outputs_keeps_its_place(tmp_path: Path):
    accepted = encode(Event.INPUT_ACCEPTED, struct.pack("!Q", 600))
    said = output(0, b"before") + accepted + output(6, b"after") + output(100, b"elsewhere")

    with scripted_agent(tmp_path, hello() + said, hang_up=False) as path:
        events = await read_all(path, 4)

    assert events == [Output(0, b"before"), InputAccepted(600), Output(6, b"after"), Output(100, b"elsewhere")]


async def test_joined_output_is_no_longer_than_a_frame(tmp_path: Path):
    sizes = [MAX_DATA - 10, 9, 2, MAX_DATA, 1, 30_000, 30_000, 30_000]
    starts = [sum(sizes[:index]) for index in range(len(sizes))]
    said = b"".join(output(start, bytes(size)) for start, size in zip(starts, sizes, strict=True))

    with scripted_agent(tmp_path, hello() + said, hang_up=False) as path:
        stream = await attach(path)
        read = 0
        while read < sum(sizes):
            event = await stream.read()
            assert isinstance(event, Output)
            assert event.offset == read
            assert len(event.data) <= MAX_DATA
            read += len(event.data)
        await stream.close()

    assert read == sum(sizes)


async def test_writing_waits_for_the_window(tmp_path: Path):
    with scripted_agent(tmp_path, hello(known=False), hang_up=False) as path:
        stream = await attach(path)
        await stream.write(500, bytes(INPUT_WINDOW))
        writing = asyncio.create_task(stream.write(500 + INPUT_WINDOW, b"more"))
        await asyncio.sleep(0.05)
        assert not writing.done()
        stream._reader.feed_data(encode(Event.INPUT_ACCEPTED, struct.pack("!Q", 600)))
        await stream.read()

        await writing
        await stream.close()


async def test_writer_that_waits_learns_that_the_agent_is_gone(tmp_path: Path):
    with scripted_agent(tmp_path, hello()) as path:
        stream = await attach(path)
        writing = asyncio.create_task(stream.write(0, bytes(3 * INPUT_WINDOW)))
        with pytest.raises(AgentUnavailable):
            await stream.read()

        with pytest.raises(AgentUnavailable):
            await writing
        await stream.close()


async def test_nothing_can_be_sent_after_close(tmp_path: Path):
    with scripted_agent(tmp_path, hello(), hang_up=False) as path:
        stream = await attach(path)
        await stream.close()

        for sending in (
            stream.write(0, b"x"),
            stream.acknowledge(0),
            stream.resize(80, 24),
            stream.redraw(),
            stream.set_window(1),
        ):
            with pytest.raises(AgentUnavailable):
                await sending


async def test_a_stream_begins_right_after_the_answer(tmp_path: Path):
    with scripted_agent(tmp_path, encode(Event.CONNECTED) + b"first bytes") as path:
        connection = await connect(path, "tcp:8080")
    with connection:
        assert await asyncio.get_running_loop().sock_recv(connection, 100) == b"first bytes"


async def test_a_stream_to_where_nobody_listens(tmp_path: Path):
    refused = encode(Event.ERROR, struct.pack("!HIH", 5, 111, 2) + b"no")

    with scripted_agent(tmp_path, refused) as path, pytest.raises(CannotConnect):
        await connect(path, "tcp:8080")


@pytest.mark.parametrize("answer", [encode(Event.STARTED, bytes(4)), b"\xff" * 5, b"\x00\x00\x00\x00\x00"])
async def test_an_answer_that_is_none(tmp_path: Path, answer: bytes):
    with scripted_agent(tmp_path, answer) as path, pytest.raises(AgentProtocolError):
        await connect(path, "tcp:8080")


async def test_a_stream_through_an_agent_that_is_away(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    with pytest.raises(AgentUnavailable):
        await connect(tmp_path / "agent.sock", "tcp:8080")
    with scripted_agent(tmp_path) as path, pytest.raises(AgentUnavailable, match="closed"):
        await connect(path, "tcp:8080")
    path.unlink()
    monkeypatch.setattr(aio, "CONNECT_TIMEOUT", 0.1)
    with scripted_agent(tmp_path, hang_up=False) as path, pytest.raises(AgentUnavailable):
        await connect(path, "tcp:8080")


@pytest.mark.parametrize("address", ["tcp:0", "tcp:65536", "tcp:1.2.3.4:80", "tcp:localhost", "unix:relative", "evil"])
async def test_addresses_outside_are_no_addresses(tmp_path: Path, address: str):
    with pytest.raises(ValueError, match="not an address inside"):
        await connect(tmp_path / "agent.sock", address)
