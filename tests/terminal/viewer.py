"""A browser's terminal without a browser: speaks the protocol, keeps every byte, counts what it is owed."""

import asyncio
import contextlib
import os
import struct
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

PATIENCE = 30.0  # seconds that any single wait may take on a busy machine


def attach(
    viewer: bytes, *, stream: bytes | None = None, offset: int = 0, columns: int = 80, rows: int = 24, version: int = 1
) -> bytes:
    """An ATTACH frame, legal or not."""
    return struct.pack(
        ">BBB16s8sQHH", 1, version, stream is not None, viewer, stream or bytes(8), offset, columns, rows
    )


def typed(offset: int, data: bytes) -> bytes:
    """An INPUT frame."""
    return b"\x02" + struct.pack(">Q", offset) + data


def ack(offset: int) -> bytes:
    """An ACK frame."""
    return b"\x03" + struct.pack(">Q", offset)


def resize(columns: int, rows: int) -> bytes:
    """A RESIZE frame."""
    return b"\x04" + struct.pack(">HH", columns, rows)


RESTART = b"\x05"


@dataclass
class Hello:
    """A parsed HELLO."""

    resumed: bool
    driving: bool
    known: bool
    stream: bytes
    start: int
    live: int
    input: int
    columns: int
    rows: int


@dataclass
class Viewer:
    """One viewer across its connections. `output` is everything received; `received` the offset after it."""

    url: str
    id: bytes = field(default_factory=lambda: os.urandom(16))
    acknowledges: bool = True
    columns: int = 80
    rows: int = 24
    stream: bytes | None = None
    received: int = 0
    output: bytearray = field(default_factory=bytearray)
    input_next: int = 0
    input_accepted: int = 0
    sizes: list[tuple[int, int, bool]] = field(default_factory=list)
    gaps: list[tuple[int, int, bytes]] = field(default_factory=list)
    exits: list[tuple[int, int]] = field(default_factory=list)
    pongs: list[int] = field(default_factory=list)
    hello: Hello | None = None
    close_code: int | None = None
    largest: int = 0
    frames: list[int] = field(default_factory=list)
    _socket: ClientConnection | None = None
    _reading: asyncio.Task[None] | None = None
    _changed: asyncio.Event = field(default_factory=asyncio.Event)

    async def __aenter__(self) -> Self:
        await self.connect()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.disconnect()

    async def connect(self) -> None:
        """Open a socket, attach where this viewer left off, and wait for HELLO."""
        self.hello, self.close_code = None, None
        self._socket = await connect(self.url, compression=None, max_size=None, ping_interval=None)
        self._reading = asyncio.create_task(self._read())
        await self.send(attach(self.id, stream=self.stream, offset=self.received, columns=self.columns, rows=self.rows))
        await self.until(lambda: self.hello is not None or self.close_code is not None)

    async def disconnect(self, *, rudely: bool = False) -> None:
        """Close the socket; rudely means that the connection breaks without a word."""
        assert self._socket
        assert self._reading
        if rudely:
            self._socket.transport.abort()
        self._reading.cancel()
        await asyncio.gather(self._reading, return_exceptions=True)
        with contextlib.suppress(ConnectionClosed):
            await self._socket.close()

    async def send(self, frame: bytes | str) -> None:
        """Send one raw message."""
        assert self._socket
        await self._socket.send(frame)

    async def type(self, data: bytes) -> None:
        """Type, within the input window."""
        for start in range(0, len(data), 16_384):
            piece = data[start : start + 16_384]
            await self.until(lambda: self.input_next - self.input_accepted <= 65_536 - 16_384)
            await self.send(typed(self.input_next, piece))
            self.input_next += len(piece)

    async def until(self, condition, patience: float = PATIENCE) -> None:
        """Wait until `condition()` holds; it is looked at after every frame."""
        async with asyncio.timeout(patience):
            while not condition():
                self._changed.clear()
                await self._changed.wait()

    async def until_output(self, wanted: bytes, patience: float = PATIENCE) -> None:
        """Wait until `wanted` has been received. Looks at every byte once, since a flood has millions."""
        searched = 0

        def found() -> bool:
            nonlocal searched
            position = self.output.find(wanted, max(0, searched - len(wanted)))
            searched = len(self.output)
            return position >= 0

        await self.until(found, patience)

    async def until_closed(self) -> int:
        """Wait for the close code."""
        await self.until(lambda: self.close_code is not None)
        assert self.close_code is not None
        return self.close_code

    async def _read(self) -> None:
        assert self._socket
        try:
            async for frame in self._socket:
                assert isinstance(frame, bytes)
                await self._obey(frame)
                self._changed.set()
        except ConnectionClosed:
            pass
        self.close_code = self._socket.close_code
        self._changed.set()

    async def _obey(self, frame: bytes) -> None:
        self.frames.append(frame[0])
        match frame[0]:
            case 0x81:
                version, flags, stream, start, live, accepted, columns, rows = struct.unpack(">xBB8sQQQHH", frame)
                assert version == 1
                self.hello = Hello(
                    bool(flags & 1), bool(flags & 2), bool(flags & 4), stream, start, live, accepted, columns, rows
                )
                self._begin(self.hello)
            case 0x82:
                (offset,) = struct.unpack_from(">xQ", frame)
                assert offset == self.received, f"output at {offset}, expected {self.received}"
                self.output += frame[9:]
                self.received += len(frame) - 9
                self.largest = max(self.largest, len(frame) - 9)
                if self.acknowledges:
                    await self.send(ack(self.received))
            case 0x83:
                (self.input_accepted,) = struct.unpack(">xQ", frame)
            case 0x84:
                columns, rows, driving = struct.unpack(">xHHB", frame)
                self.sizes.append((columns, rows, bool(driving)))
            case 0x85:
                lost, offset = struct.unpack_from(">xQQ", frame)
                self.gaps.append((lost, offset, frame[17:]))
                self.received = offset
            case 0x86:
                self.exits.append(struct.unpack(">xBI", frame))
            case 0x87:
                self.pongs += struct.unpack(">xI", frame)
            case other:
                raise AssertionError(f"unknown frame {other:#x}")

    def _begin(self, hello: Hello) -> None:
        if not hello.resumed:
            self.output.clear()
            self.received = 0
        self.stream = hello.stream
        if hello.known:
            self.input_accepted = self.input_next = hello.input
