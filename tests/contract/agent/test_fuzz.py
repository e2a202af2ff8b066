"""Garbage against the real agent, compiled with the compiler's checks: any misuse of memory or arithmetic ends it."""

import socket
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sandboxes.agent_client.asking import PtyCommand, encode_attach, encode_connect, encode_input, encode_run
from sandboxes.agent_client.frames import Control, Request, encode
from tests.contract.agent.raw import connected
from tests.contract.agent_process import AgentProcess, compile_agent

EXAMPLES = 300


@pytest.fixture(scope="module")
def checked_agent(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AgentProcess]:
    """One agent with checks, for all examples: what they leave behind is part of the test."""
    binary: Path = compile_agent(tmp_path_factory.mktemp("agent") / "checked", sanitized=True)
    with AgentProcess(binary) as running:
        yield running


names = st.sampled_from(["a", "b", "c", "d", "e", "f", "g", "h", "i", "j"])
CAT = PtyCommand(["/bin/cat"], {"TERM": "xterm"}, "/")
good_requests = st.one_of(
    st.just(encode_run(["/bin/cat"], {}, "/")),
    st.just(encode_run(["/bin/echo", "x" * 5000], {"A": "b"}, "/")),
    st.just(encode_connect("unix:/no/such.sock")),
    st.just(encode_connect("tcp:1")),
    st.just(encode(Request.PTYS)),
    st.just(encode(Request.PING)),
    st.builds(
        lambda name, viewer, offset, window, spawn: encode_attach(
            name=name, viewer=viewer, offset=offset, window=window, columns=0, rows=0, spawn=spawn
        ),
        names,
        names,
        st.integers(0, 200),
        st.integers(1, 1 << 20),
        st.sampled_from([None, CAT]),
    ),
)
controls = st.one_of(
    st.builds(encode_input, st.integers(0, 100), st.binary(max_size=3000)),
    st.builds(lambda offset: encode(Control.ACKNOWLEDGE, offset.to_bytes(8, "big")), st.integers(0, 100)),
    st.builds(lambda size: encode(Control.WINDOW, size.to_bytes(4, "big")), st.integers(0, 1 << 21)),
    st.builds(lambda size: encode(Control.RESIZE, size.to_bytes(4, "big")), st.integers(0, 2**32 - 1)),
    st.sampled_from([encode(Control.REDRAW), encode(Control.KILL), encode(Control.INPUT_END)]),
    st.builds(encode, st.integers(0, 255), st.binary(max_size=200)),
)


@st.composite
def conversations(draw: st.DrawFn) -> list[bytes]:
    """What one client sends: mostly sense, sometimes with a few bytes changed or lost."""
    stream = bytearray(draw(good_requests) + b"".join(draw(st.lists(controls, max_size=8))))
    for position, value in draw(st.lists(st.tuples(st.integers(0, len(stream) - 1), st.integers(0, 255)), max_size=2)):
        # Never in the program's name: what would run then is anybody's guess.
        if stream[0] not in (Request.RUN, Request.ATTACH) or position < 5:
            stream[position] = value
    cuts = sorted(draw(st.lists(st.integers(0, len(stream)), max_size=3)))
    return [bytes(stream[start:end]) for start, end in zip([0, *cuts], [*cuts, len(stream)], strict=True)]


def send_all(connection: socket.socket, pieces: list[bytes]) -> None:
    connection.setblocking(False)
    with suppress(OSError):
        for piece in pieces:
            connection.send(piece)
            connection.recv(100_000)


@settings(max_examples=EXAMPLES, deadline=None)
@given(st.lists(conversations(), min_size=1, max_size=4))
def test_half_sense_does_not_bring_the_agent_down(checked_agent: AgentProcess, said: list[list[bytes]]):
    with ExitStack() as stack:
        for pieces in said:
            send_all(stack.enter_context(connected(checked_agent)), pieces)
        assert checked_agent.client.ping(timeout=20)

    assert checked_agent.client.run(["/bin/echo", "here"], cwd="/", timeout=20).stdout == b"here\n"


@settings(max_examples=EXAMPLES, deadline=None)
@given(st.binary(max_size=300))
def test_nonsense_does_not_bring_the_agent_down(checked_agent: AgentProcess, garbage: bytes):
    with connected(checked_agent) as connection:
        send_all(connection, [garbage])

    assert checked_agent.client.ping(timeout=20)


def test_all_kinds_of_use_are_clean(checked_agent: AgentProcess):
    data = bytes(range(256)) * 10_000

    result = checked_agent.client.run(["/bin/cat"], stdin=data, cwd="/", timeout=30, output_limit=len(data))

    assert result.stdout == data
