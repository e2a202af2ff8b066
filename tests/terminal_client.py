"""A browser's terminal without the browser: the wire of docs/terminal-protocol.md, for tests and benchmarks."""

from __future__ import annotations

import os
import ssl
import struct
import time
from collections.abc import Callable
from types import TracebackType
from typing import Self

from websockets.exceptions import ConnectionClosed, InvalidMessage
from websockets.sync.client import connect

VERSION = 1
OPEN_TIMEOUT = 10.0  # seconds
INPUT_WINDOW = 65_536  # bytes that may wait for being accepted; more closes the socket
INPUT_FRAME = 16_384  # bytes of the largest legal frame
ANSWER_TIMEOUT = 20.0  # seconds without what was waited for before a test fails


class NotSeen(AssertionError):
    """What was waited for did not come; the text has what came instead."""


class TerminalClient:
    """One viewer of one terminal. Survives `drop`: after `attach` it goes on where it was, as the page does."""

    def __init__(
        self, address: str, *, cookies: str, origin: str, acknowledge: bool = True, tls: ssl.SSLContext | None = None
    ) -> None:
        self.address, self.cookies, self.origin, self.tls = address, cookies, origin, tls
        self.acknowledge = acknowledge
        self.viewer = os.urandom(16)
        self.stream: bytes | None = None
        self.offset = 0  # the next output byte wanted
        self.output = bytearray()
        self.lost = 0
        self.sent = 0  # input bytes numbered so far
        self.pending = bytearray()  # input that is not accepted yet
        self.exited: tuple[int, int] | None = None

    def attach(self, columns: int = 80, rows: int = 24) -> Self:
        """Open the socket and say hello.

        Waits until the terminal answers. Raises ConnectionClosed with the door's code.
        """
        opening = connect(
            self.address,
            additional_headers={"Cookie": self.cookies},
            origin=self.origin,  # type: ignore[arg-type]
            open_timeout=OPEN_TIMEOUT,
            ssl=self.tls,
            max_size=2**20,
            compression=None,
        )
        self.socket = opening.__enter__()  # closed by `close` or `drop`, and opened anew by the next `attach`
        resume = self.stream is not None
        body = struct.pack(
            ">BBB16s8sQHH", 1, VERSION, resume, self.viewer, self.stream or bytes(8), self.offset, columns, rows
        )
        self.socket.send(body)
        self.read_until(lambda: self._greeted, what="HELLO")
        return self

    _greeted = False

    def read_one(self, timeout: float = ANSWER_TIMEOUT) -> int:
        """Read one frame, note what it says, return its type."""
        frame = self.socket.recv(timeout)
        assert isinstance(frame, bytes)
        kind, body = frame[0], frame[1:]
        if kind == 0x81:
            self._hello(body)
        elif kind == 0x82:
            self._output(body)
        elif kind == 0x83:
            (accepted,) = struct.unpack(">Q", body)
            del self.pending[: len(self.pending) - (self.sent - accepted)]
        elif kind == 0x85:
            lost, self.offset = struct.unpack_from(">QQ", body)
            self.lost += lost
        elif kind == 0x86:
            self.exited = struct.unpack(">BI", body)
        return kind

    def _hello(self, body: bytes) -> None:
        _version, flags, stream, start, _live, accepted, _columns, _rows = struct.unpack(">BB8sQQQHH", body)
        if stream != self.stream:
            self.stream, self.offset = stream, start
        self._greeted = True
        if flags & 4 and self.pending:  # the agent remembers this viewer: send what it has not taken
            del self.pending[: len(self.pending) - (self.sent - accepted)]
            if self.pending:
                self.socket.send(struct.pack(">BQ", 2, accepted) + bytes(self.pending))
        else:
            self.sent, self.pending = accepted, bytearray()

    def _output(self, body: bytes) -> None:
        (offset,) = struct.unpack_from(">Q", body)
        data = body[8:]
        assert offset == self.offset, f"output jumps from {self.offset} to {offset}"
        self.output += data
        self.offset += len(data)
        if self.acknowledge:
            self.socket.send(struct.pack(">BQ", 3, self.offset))

    def read_until(self, condition: Callable[[], object], *, what: str, seconds: float = ANSWER_TIMEOUT) -> None:
        """Read frames until `condition` holds. Raises NotSeen, or ConnectionClosed where the door closes."""
        end = time.monotonic() + seconds
        while not condition():
            left = end - time.monotonic()
            try:
                if left <= 0:  # what goes on saying something else is no answer either
                    raise TimeoutError
                self.read_one(left)
            except TimeoutError:
                raise NotSeen(f"{what} did not come; the terminal shows: {bytes(self.output[-500:])!r}") from None

    def expect(self, text: str, *, seconds: float = ANSWER_TIMEOUT) -> None:
        """Read until the output contains `text`."""
        wanted = text.encode()
        self.read_until(lambda: wanted in self.output, what=repr(text), seconds=seconds)

    def type(self, text: str | bytes) -> None:
        """Send input; it is kept until the agent has taken it. Waits while more is on its way than may be."""
        data = text.encode() if isinstance(text, str) else text
        for start in range(0, len(data), INPUT_FRAME):
            part = data[start : start + INPUT_FRAME]
            self.read_until(lambda: len(self.pending) <= INPUT_WINDOW - INPUT_FRAME, what="room for input")
            self.pending += part
            self.socket.send(struct.pack(">BQ", 2, self.sent) + part)
            self.sent += len(part)

    def run(self, command: str, *, seconds: float = ANSWER_TIMEOUT) -> str:
        """Type a command, wait for its end, return what the terminal showed in between."""
        marker = os.urandom(6).hex()
        start = len(self.output)
        self.type(
            f"{command}; echo {marker[:6]}''{marker[6:]}\r"
        )  # typed apart, so that the echo is not taken for the end
        self.expect(marker, seconds=seconds)
        return bytes(self.output[start:]).decode(errors="replace")

    def drop(self) -> None:
        """Lose the line without a word, as a phone in a tunnel does."""
        self.socket.socket.close()
        self._greeted = False

    def reattach(self, *, seconds: float = 30.0) -> None:
        """Come back after `drop` or a dead server, as often as it takes."""
        end = time.monotonic() + seconds
        while True:
            try:
                self._greeted = False
                self.attach()
                return
            except (OSError, ConnectionClosed, InvalidMessage, TimeoutError):  # a dying server answers with nothing
                if time.monotonic() > end:
                    raise
                time.sleep(0.1)

    def close(self) -> None:
        """Say goodbye."""
        self.socket.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
