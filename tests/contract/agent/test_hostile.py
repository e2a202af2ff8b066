"""Clients that break the protocol, and programs that break everything else. The agent stays up and says why."""

import os
import signal
import struct
import time

import pytest

from sandboxes.agent_client.asking import PtyCommand, encode_attach, encode_connect, encode_input, encode_run
from sandboxes.agent_client.errors import AgentRefused
from sandboxes.agent_client.frames import MAX_PAYLOAD, Control, Request, encode
from tests.contract.agent.raw import answers, connected, frames_until_the_end
from tests.contract.agent_process import AgentProcess


def strings(*texts: bytes) -> bytes:
    return struct.pack("!H", len(texts)) + b"".join(string(text) for text in texts)


def string(text: bytes) -> bytes:
    return struct.pack("!H", len(text)) + text


def attach(**changes: object) -> bytes:
    fields = {"name": "main", "viewer": "v", "offset": 0, "window": 1000, "columns": 0, "rows": 0}
    return encode_attach(**(fields | {"spawn": PtyCommand(["/bin/cat"], {}, "/")} | changes))


def raw_attach(window: int = 1000, columns: int = 80, rows: int = 24, spawn: int = 0, rest: bytes = b"") -> bytes:
    return encode(Request.ATTACH, b"\x01m\x01v" + struct.pack("!QIHHB", 0, window, columns, rows, spawn) + rest)


COMMAND = string(b"/") + strings(b"/bin/true") + strings()
BAD_REQUESTS = {
    "control first": encode(Control.KILL),
    "oversized": struct.pack("!BI", Request.PING, MAX_PAYLOAD + 1),
    "enormous": struct.pack("!BI", Request.RUN, 2**32 - 1),
    "ping with payload": encode(Request.PING, b"x"),
    "ptys with payload": encode(Request.PTYS, b"x"),
    "run without anything": encode(Request.RUN),
    "run, relative program": encode(Request.RUN, string(b"/") + strings(b"true") + strings()),
    "run, relative folder": encode(Request.RUN, string(b"tmp") + strings(b"/bin/true") + strings()),
    "run, no program": encode(Request.RUN, string(b"/") + strings() + strings()),
    "run, zero inside": encode(Request.RUN, string(b"/") + strings(b"/bin/true\0x") + strings()),
    "run, too many arguments": encode(Request.RUN, string(b"/") + strings(*[b"/bin/true"] * 257) + strings()),
    "run, too many variables": encode(Request.RUN, string(b"/") + strings(b"/bin/true") + strings(*[b"a=b"] * 257)),
    "run, cut off": encode(Request.RUN, COMMAND[:-1]),
    "run, something left": encode(Request.RUN, COMMAND + b"x"),
    "run, length beyond the end": encode(Request.RUN, b"\xff\xff/"),
    "attach, empty name": encode(Request.ATTACH, b"\0\x01v" + bytes(17)),
    "attach, long name": encode(Request.ATTACH, bytes([33]) + b"m" * 33 + b"\x01v" + bytes(17)),
    "attach, capital in name": encode(Request.ATTACH, b"\x01M\x01v" + struct.pack("!QIHHB", 0, 1, 1, 1, 0)),
    "attach, no window": raw_attach(window=0),
    "attach, large window": raw_attach(window=(1 << 20) + 1),
    "attach, wide": raw_attach(columns=1001),
    "attach, high": raw_attach(rows=65_535),
    "attach, spawn 2": raw_attach(spawn=2, rest=COMMAND),
    "attach, command missing": raw_attach(spawn=1),
    "attach, command unasked": raw_attach(rest=COMMAND),
    "connect, nothing": encode(Request.CONNECT),
    "connect, unknown kind": encode(Request.CONNECT, b"\x03\0\x50"),
    "connect, port 0": encode(Request.CONNECT, b"\x01\0\0"),
    "connect, relative path": encode(Request.CONNECT, b"\x02" + string(b"a.sock")),
    "connect, long path": encode(Request.CONNECT, b"\x02" + string(b"/" + b"a" * 107)),
}


@pytest.mark.parametrize("request_", BAD_REQUESTS.values(), ids=BAD_REQUESTS.keys())
def test_malformed_request_is_refused(local_agent: AgentProcess, request_: bytes):
    said = answers(local_agent, request_)

    assert [(type(message), message.code) for message in said if isinstance(message, AgentRefused)] in (
        [(AgentRefused, 1)],
        [(AgentRefused, 6)],
    )
    assert local_agent.client.ptys() == []
    assert local_agent.client.ping().connections == 1


def test_unknown_request_is_told_apart(local_agent: AgentProcess):
    (refused,) = answers(local_agent, encode(9))

    assert isinstance(refused, AgentRefused)
    assert refused.code == 6


BAD_VIEWERS = {
    "request again": attach(),
    "acknowledging what was not sent": encode(Control.ACKNOWLEDGE, struct.pack("!Q", 10**9)),
    "short acknowledgement": encode(Control.ACKNOWLEDGE, b"\0"),
    "no window": encode(Control.WINDOW, bytes(4)),
    "large window": encode(Control.WINDOW, b"\xff" * 4),
    "no columns": encode(Control.RESIZE, struct.pack("!HH", 0, 24)),
    "too many rows": encode(Control.RESIZE, struct.pack("!HH", 80, 1001)),
    "redraw with payload": encode(Control.REDRAW, b"x"),
    "end of input": encode(Control.INPUT_END),
    "kill": encode(Control.KILL),
    "input without bytes": encode_input(0, b""),
    "input without offset": encode(Control.INPUT, b"abc"),
    "input with a hole": encode_input(0, b"a") + encode_input(2, b"c"),
    "input beyond all numbers": encode_input(2**64 - 1, b"abc"),
}


@pytest.mark.parametrize("frames", BAD_VIEWERS.values(), ids=BAD_VIEWERS.keys())
def test_misbehaving_viewer_is_refused_and_the_shell_lives(local_agent: AgentProcess, frames: bytes):
    said = answers(local_agent, attach(), frames)

    assert isinstance(said[-1], AgentRefused)
    assert [(pty.alive, pty.viewers) for pty in local_agent.client.ptys()] == [(True, 0)]


def test_input_beyond_the_window_is_refused(local_agent: AgentProcess):
    sleeping = PtyCommand(["/bin/sh", "-c", "stty raw -echo; sleep 300"], {"PATH": "/bin:/usr/bin"}, "/")
    flood = b"".join(encode_input(60_000 * number, bytes(60_000)) for number in range(20))

    with connected(local_agent) as connection:
        connection.sendall(attach(spawn=sleeping))
        connection.sendall(flood)
        last = frames_until_the_end(connection)[-1]

    assert last.type == 64


def test_misbehaving_run_takes_its_program_with_it(local_agent: AgentProcess):
    said = answers(local_agent, encode_run(["/bin/sleep", "300"], {}, "/"), encode_input(5, b"hole"))

    assert isinstance(said[-1], AgentRefused)
    deadline = time.monotonic() + 10
    while local_agent.descendants() and time.monotonic() < deadline:
        time.sleep(0.01)
    assert local_agent.descendants() == []


def test_frames_may_come_byte_by_byte(local_agent: AgentProcess):
    said = answers(
        local_agent,
        *(bytes([byte]) for byte in encode_run(["/bin/cat"], {}, "/")),
        encode_input(0, b"x"),
        encode(Control.INPUT_END),
    )

    assert [type(message).__name__ for message in said] == ["Started", "InputAccepted", "StandardOutput", "Exited"]


def test_bytes_sent_before_a_connection_is_there_are_kept(local_agent: AgentProcess):
    import socket
    import threading

    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        threading.Thread(target=lambda: echo_once(server)).start()
        with connected(local_agent) as connection:
            connection.sendall(encode_connect(f"tcp:{server.getsockname()[1]}") + b"early")
            received = b""
            while len(received) < 10 and (piece := connection.recv(100)):
                received += piece

    assert received.endswith(b"early")


def echo_once(server: object) -> None:
    connection, _ = server.accept()
    with connection:
        connection.sendall(connection.recv(100))


@pytest.mark.slow
def test_connection_that_asks_nothing_loses_its_place(local_agent: AgentProcess):
    started = time.monotonic()

    with connected(local_agent) as connection:
        connection.sendall(encode_run(["/bin/true"], {}, "/")[:-1])
        said = frames_until_the_end(connection)

    assert said == []
    assert 9 < time.monotonic() - started < 15


def test_signals_do_not_end_the_agent(local_agent: AgentProcess):
    for number in set(signal.Signals) - {signal.SIGKILL, signal.SIGSTOP}:
        os.kill(local_agent.pid, number)

    assert local_agent.client.run(["/bin/echo", "here"], cwd="/", timeout=10).stdout == b"here\n"


def test_fork_bomb_is_ended_with_its_run(local_agent: AgentProcess):
    script = "n=0; bomb() { n=$((n+1)); [ $n -gt 6 ] || { bomb & bomb & }; sleep 300; }; bomb"

    result = local_agent.client.run(["/bin/sh", "-c", script], env={"PATH": "/bin"}, cwd="/", timeout=1.5)

    assert result.timed_out
    deadline = time.monotonic() + 20
    while local_agent.descendants() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert local_agent.descendants() == []
