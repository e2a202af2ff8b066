"""An agent for tests: the real protocol on a real socket, answered by a Python function instead of a sandbox.

It knows PING, PTYS, RUN and, for one HTTP request each, CONNECT, which is what lifecycle and grading use. Terminals
need the real one.
"""

from __future__ import annotations

import socket
import struct
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from sandboxes.agent_client.frames import MAX_PAYLOAD, Control, Event, Fields, Frame, FrameDecoder, Request, encode

# Tests wait for nothing longer than this.
TIMEOUT = 10.0  # seconds
READ_SIZE = 65_536


@dataclass(frozen=True)
class Call:
    """A program that was asked for."""

    argv: tuple[str, ...]
    env: dict[str, str]
    cwd: str
    stdin: bytes


@dataclass(frozen=True)
class Answer:
    """How it went."""

    exit_code: int = 0
    stdout: bytes = b""
    stderr: bytes = b""


Program = Callable[[Call], Answer]

Listener = Callable[[str, bytes], bytes | None]
"""Answers the head of an HTTP request to `tcp:<port>` or `unix:<path>`; None where nobody listens there."""

REQUEST_LIMIT = 65_536  # bytes of a request's head


class FakeAgent:
    """Serves on a unix socket in threads until `stop`."""

    def __init__(
        self, socket_path: Path, program: Program, listener: Listener = lambda _address, _request: None
    ) -> None:
        self._program = program
        self._listening = listener
        self._path = socket_path
        socket_path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        socket_path.unlink(missing_ok=True)
        self._listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._listener.bind(str(socket_path))
        self._listener.listen()
        self._thread = threading.Thread(target=self._accept, name=f"agent {socket_path.name}", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Accept nobody any more and wait for those that are being served."""
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._thread.join(TIMEOUT)
        self._listener.close()
        self._path.unlink(missing_ok=True)

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            with connection, suppress(OSError):  # a caller may hang up at any moment
                connection.settimeout(TIMEOUT)
                self._serve(connection)

    def _serve(self, connection: socket.socket) -> None:
        decoder = FrameDecoder()
        request = _next_frame(connection, decoder)
        if request is None:
            return
        if request.type == Request.PING:
            connection.sendall(encode(Event.PONG, struct.pack("!HHHQ", 1, 1, 0, 0)))
        elif request.type == Request.PTYS:
            connection.sendall(encode(Event.PTY_LIST, b"\0"))
        elif request.type == Request.RUN:
            self._run(connection, decoder, request.payload)
        elif request.type == Request.CONNECT:
            self._connect(connection, request.payload)
        else:
            connection.sendall(encode(Event.ERROR, struct.pack("!HIH", 6, 0, 0)))

    def _run(self, connection: socket.socket, decoder: FrameDecoder, payload: bytes) -> None:
        connection.sendall(encode(Event.STARTED, struct.pack("!I", 2)))
        stdin = bytearray()
        while (frame := _next_frame(connection, decoder)) is not None and frame.type == Control.INPUT:
            stdin += frame.payload[8:]
            connection.sendall(encode(Event.INPUT_ACCEPTED, struct.pack("!Q", len(stdin))))
        answer = self._program(_call(payload, bytes(stdin)))
        for event, data in ((Event.STDOUT, answer.stdout), (Event.STDERR, answer.stderr)):
            for start in range(0, len(data), MAX_PAYLOAD):
                connection.sendall(encode(event, data[start : start + MAX_PAYLOAD]))
        connection.sendall(encode(Event.EXITED, struct.pack("!BI", 0, answer.exit_code)))

    def _connect(self, connection: socket.socket, payload: bytes) -> None:
        address = _address(payload)
        if self._listening(address, b"") is None:
            connection.sendall(encode(Event.ERROR, struct.pack("!HIH", 5, 111, 0)))
            return
        connection.sendall(encode(Event.CONNECTED))
        head = b""
        while b"\r\n\r\n" not in head and len(head) < REQUEST_LIMIT:
            piece = connection.recv(READ_SIZE)
            if not piece:
                return
            head += piece
        connection.sendall(self._listening(address, head) or b"")


def _address(payload: bytes) -> str:
    if payload[0] == 1:
        return f"tcp:{struct.unpack('!H', payload[1:3])[0]}"
    return f"unix:{_text(Fields(payload[1:]))}"


def _call(payload: bytes, stdin: bytes) -> Call:
    fields = Fields(payload)
    cwd, argv, env = _text(fields), _strings(fields), _strings(fields)
    return Call(tuple(argv), dict(entry.split("=", 1) for entry in env), cwd, stdin)


def _strings(fields: Fields) -> list[str]:
    return [_text(fields) for _ in range(fields.number(2))]


def _text(fields: Fields) -> str:
    # Not Fields.text: what goes in may be any UTF-8, only what comes out of a sandbox is held to ASCII.
    return fields.take(fields.number(2)).decode()


def _next_frame(connection: socket.socket, decoder: FrameDecoder) -> Frame | None:
    while (frame := decoder.next_frame()) is None:
        data = connection.recv(READ_SIZE)
        if not data:
            return None
        decoder.feed(data)
    return frame
