import contextlib
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandboxes.agent_client import (
    AgentLimit,
    CannotConnect,
    CannotStart,
    Exited,
    Gap,
    InputAccepted,
    Output,
    Pong,
    PtyHello,
    PtyInfo,
    PtyNotFound,
    Resized,
)
from sandboxes.agent_client.errors import AgentProtocolError, AgentRefused
from sandboxes.agent_client.frames import Event, Frame
from sandboxes.agent_client.messages import Connected, StandardError, StandardOutput, Started, decode

HELLO = struct.pack("!QQQQQIHHBH", 10, 90, 20, 10, 7, 33, 80, 24, 0b1011, 3) + b"\x1b=x"


@given(st.integers(0, 255), st.binary(max_size=200))
def test_any_frame_is_a_message_or_a_protocol_error(type_: int, payload: bytes):
    with contextlib.suppress(AgentProtocolError):
        decode(Frame(type_, payload))


@given(st.sampled_from(Event), st.binary(max_size=120))
def test_any_payload_of_a_known_type_is_a_message_or_a_protocol_error(type_: Event, payload: bytes):
    with contextlib.suppress(AgentProtocolError):
        decode(Frame(type_, payload))


@pytest.mark.parametrize(
    ("type_", "payload", "message"),
    [
        (Event.STARTED, struct.pack("!I", 5), Started(5)),
        (Event.CONNECTED, b"", Connected()),
        (Event.PONG, struct.pack("!HHHQ", 1, 2, 3, 4500), Pong(1, 2, 3, 4.5)),
        (Event.OUTPUT, struct.pack("!Q", 2**64 - 2) + b"x", Output(2**64 - 2, b"x")),
        (Event.GAP, struct.pack("!QQH", 5, 9, 2) + b"ab", Gap(5, 9, b"ab")),
        (Event.RESIZED, struct.pack("!HHB", 80, 24, 1), Resized(80, 24, True)),
        (Event.INPUT_ACCEPTED, struct.pack("!Q", 3), InputAccepted(3)),
        (Event.EXITED, struct.pack("!BI", 0, 3), Exited(exit_code=3)),
        (Event.EXITED, struct.pack("!BI", 1, 9), Exited(signal=9)),
        (Event.EXITED, struct.pack("!BI", 2, 2), Exited(errno=2)),
        (Event.STDOUT, b"out", StandardOutput(b"out")),
        (Event.STDERR, b"err", StandardError(b"err")),
        (
            Event.HELLO,
            HELLO,
            PtyHello(10, 90, 20, 10, 7, 33, 80, 24, True, True, False, True, b"\x1b=x"),
        ),
        (
            Event.PTY_LIST,
            b"\1\4main" + struct.pack("!IBQQHHB", 7, 1, 0, 12, 80, 24, 2),
            (PtyInfo("main", 7, True, 0, 12, 80, 24, 2),),
        ),
    ],
)
def test_messages_as_the_protocol_says(type_: Event, payload: bytes, message: object):
    assert decode(Frame(type_, payload)) == message


@pytest.mark.parametrize(
    ("code", "kind"),
    [(1, AgentRefused), (2, AgentLimit), (3, PtyNotFound), (4, CannotStart), (5, CannotConnect), (99, AgentRefused)],
)
def test_refusals_are_told_apart(code: int, kind: type[AgentRefused]):
    refused = decode(Frame(Event.ERROR, struct.pack("!HIH", code, 13, 2) + b"no"))

    assert type(refused) is kind
    assert (refused.code, refused.errno, str(refused)) == (code, 13, "no")


@pytest.mark.parametrize(
    ("type_", "payload"),
    [
        (200, b""),
        (Event.STARTED, b"\0" * 5),
        (Event.OUTPUT, struct.pack("!Q", 0)),
        (Event.HELLO, struct.pack("!QQQQQIHHBH", 10, 90, 5, 0, 7, 33, 80, 24, 3, 0)),
        (Event.HELLO, struct.pack("!QQQQQIHHBH", 10, 90, 95, 0, 7, 33, 80, 24, 3, 0)),
        (Event.GAP, struct.pack("!QQH", 5, 9, 257) + b"a" * 257),
        (Event.PTY_LIST, b"\x09"),
        (Event.PTY_LIST, b"\1\4Main" + struct.pack("!IBQQHHB", 7, 1, 0, 12, 80, 24, 2)),
        (Event.EXITED, struct.pack("!BI", 3, 0)),
        (Event.EXITED, struct.pack("!BI", 0, 256)),
        (Event.ERROR, struct.pack("!HIH", 1, 0, 3) + b"\x1b[A"),
    ],
)
def test_what_no_agent_of_ours_says(type_: int, payload: bytes):
    with pytest.raises(AgentProtocolError):
        decode(Frame(type_, payload))
