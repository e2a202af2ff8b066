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
    PtyCommand,
    PtyHello,
    PtyInfo,
    PtyNotFound,
    Resized,
)
from sandboxes.agent_client.errors import AgentProtocolError, AgentRefused
from sandboxes.agent_client.frames import Event, Frame, payload_length
from sandboxes.agent_client.messages import (
    DEFAULT_ENVIRONMENT,
    Connected,
    StandardError,
    StandardOutput,
    Started,
    decode,
    encode_attach,
    encode_connect,
    encode_run,
)

HELLO = struct.pack("!QQQQQIHHBH", 10, 90, 20, 10, 7, 33, 80, 24, 0b1011, 3) + b"\x1b=x"


def attach(**changes: object) -> bytes:
    fields = {"name": "main", "viewer": "v", "offset": 0, "window": 1, "columns": 0, "rows": 0, "spawn": None}
    return encode_attach(**(fields | changes))


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


def test_default_environment_has_a_terminal_only_in_a_terminal():
    run = encode_run(["/bin/true"], None, "/")
    pty = attach(spawn=PtyCommand())

    assert b"HOME=/home/learner" in run
    assert b"TERM=" not in run
    assert b"TERM=xterm-256color" in pty
    assert b"/bin/bash" in pty


def test_given_environment_replaces_the_default():
    request = encode_run(["/bin/true"], {"A": "b=c"}, "/")

    assert b"A=b=c" in request
    assert not any(name.encode() in request for name in DEFAULT_ENVIRONMENT)


@pytest.mark.parametrize(
    ("argv", "env", "cwd"),
    [
        ([], {}, "/"),
        (["true"], {}, "/"),
        (["/bin/true"], {}, "tmp"),
        (["/bin/true", "a\0b"], {}, "/"),
        (["/bin/true"], {"A=B": "c"}, "/"),
        (["/bin/true"], {"": "c"}, "/"),
        (["/bin/true"] * 257, {}, "/"),
        (["/bin/true", "x" * 65_536], {}, "/"),
        (["/bin/true", "x" * 40_000, "x" * 40_000], {}, "/"),
    ],
)
def test_impossible_commands_are_not_sent(argv: list[str], env: dict[str, str], cwd: str):
    with pytest.raises(ValueError, match=r"."):
        encode_run(argv, env, cwd)


@pytest.mark.parametrize(
    "changes", [{"name": "Main"}, {"name": ""}, {"viewer": "a b"}, {"window": 0}, {"window": (1 << 20) + 1}]
)
def test_impossible_viewers_are_not_sent(changes: dict[str, object]):
    with pytest.raises(ValueError, match=r"."):
        attach(**changes)


def test_addresses_inside():
    assert payload_length(encode_connect("tcp:80")[:5]) == (3, 3)
    assert encode_connect("tcp:65535").endswith(b"\xff\xff")
    assert encode_connect("unix:/run/a.sock").endswith(b"/run/a.sock")


@pytest.mark.parametrize(
    "address",
    [
        "",
        "80",
        "tcp:",
        "tcp:0",
        "tcp:65536",
        "tcp:-1",
        "tcp:²",
        "tcp:10.0.0.1:80",
        "unix:a.sock",
        "unix:/a\0b",
        "unix:/" + "a" * 107,
        "udp:1",
    ],
)
def test_impossible_addresses(address: str):
    with pytest.raises(ValueError, match="not an address"):
        encode_connect(address)
