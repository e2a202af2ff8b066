"""The agent as the doors use it, on asyncio: one attached viewer of a pty, or a raw stream to a socket inside."""

import asyncio
import contextlib
import socket
import struct
from pathlib import Path

from .asking import PtyCommand, encode_attach, encode_connect, encode_input
from .errors import AgentProtocolError, AgentRefused, AgentUnavailable
from .frames import (
    HEADER,
    INPUT_WINDOW,
    MAX_COLUMNS_OR_ROWS,
    MAX_DATA,
    Control,
    Frame,
    FrameDecoder,
    encode,
    payload_length,
)
from .messages import Connected, Exited, Gap, InputAccepted, Message, Output, PtyEvent, PtyHello, Resized, decode

# Reaching the agent and its first answer; starting a shell takes milliseconds.
ATTACH_TIMEOUT = 5.0
# What asyncio reads ahead at most (it pauses at twice this); the credit window bounds what can arrive anyway.
READ_LIMIT = 65_536
# A little longer than the agent itself waits for whoever listens inside, so that the agent's answer is the one seen.
CONNECT_TIMEOUT = 12.0


async def connect(socket_path: Path, address: str) -> socket.socket:
    """Open a stream to `tcp:<port>` (127.0.0.1 inside) or `unix:/path` inside the sandbox; the caller closes it.

    The socket does not block. Not one byte of the stream has been read from it, so any library may take it over.
    Raises CannotConnect when nobody listens there, AgentLimit, AgentUnavailable, AgentProtocolError.
    """
    request = encode_connect(address)
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    connection.setblocking(False)
    try:
        async with asyncio.timeout(CONNECT_TIMEOUT):
            await _request_stream(connection, socket_path, request)
    except (OSError, TimeoutError) as error:
        connection.close()
        raise AgentUnavailable(f"no agent answers at {socket_path.name}: {error}") from error
    except BaseException:
        connection.close()
        raise
    return connection


async def _request_stream(connection: socket.socket, socket_path: Path, request: bytes) -> None:
    loop = asyncio.get_running_loop()
    await loop.sock_connect(connection, str(socket_path))
    await loop.sock_sendall(connection, request)
    type_, length = payload_length(await _receive_exactly(connection, HEADER.size))
    answer = decode(Frame(type_, await _receive_exactly(connection, length)))
    if isinstance(answer, AgentRefused):
        raise answer
    if not isinstance(answer, Connected):
        raise AgentProtocolError("the agent answered CONNECT with something else")


async def _receive_exactly(connection: socket.socket, count: int) -> bytes:
    """That many bytes and not one more, because the raw stream follows."""
    received = bytearray()
    while len(received) < count:
        piece = await asyncio.get_running_loop().sock_recv(connection, count - len(received))
        if not piece:
            raise AgentUnavailable("the agent closed the connection")
        received += piece
    return bytes(received)


class PtyStream:
    """One viewer attached to one pty. One task may read while another writes; make it with `attach`."""

    hello: PtyHello

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        self._accepted = 0
        self._input_base_known = False
        self._room = asyncio.Event()
        self._closed = False
        self._frames = FrameDecoder()
        self._ahead: Message | None = None  # decoded, and not to be joined to what came before it

    @classmethod
    async def attach(
        cls,
        socket_path: Path,
        *,
        name: str,
        viewer: str,
        offset: int,
        window: int,
        spawn: PtyCommand | None,
        columns: int = 0,
        rows: int = 0,
    ) -> "PtyStream":
        """Attach to the pty `name`, starting `spawn` in it when there is none or when it has ended and nobody watches.

        `columns` and `rows` are this viewer's size, 0 when it has none yet. Raises AgentUnavailable,
        AgentProtocolError, PtyNotFound, AgentLimit or CannotStart.
        """
        request = encode_attach(
            name=name, viewer=viewer, offset=offset, window=window, columns=columns, rows=rows, spawn=spawn
        )
        try:
            async with asyncio.timeout(ATTACH_TIMEOUT):
                stream = cls(*await asyncio.open_unix_connection(str(socket_path), limit=READ_LIMIT))
                try:
                    await stream._start(request)
                except BaseException:
                    stream._writer.close()
                    raise
        except (OSError, TimeoutError) as error:
            raise AgentUnavailable(f"no agent answers at {socket_path.name}: {error}") from error
        return stream

    async def read(self) -> PtyEvent:
        """The next event, whenever it comes; safe to cancel. Nothing follows Exited.

        Output that has arrived in pieces comes in one, up to MAX_DATA: the agent sends what one read of a pty gives,
        about 4 KiB, and each piece would cost whoever passes it on as much as a large one.

        Raises AgentUnavailable, AgentProtocolError.
        """
        try:
            message = await self._next_message()
        except BaseException as error:
            if not isinstance(error, asyncio.CancelledError):
                self._lose()
            raise
        if isinstance(message, Output):
            message = self._joined(message)
        if isinstance(message, InputAccepted):
            self._accepted = max(self._accepted, message.offset)
            self._room.set()
        if not isinstance(message, Output | Gap | Resized | InputAccepted | Exited):
            raise AgentProtocolError("the agent sent a viewer what is not for viewers")
        return message

    async def write(self, offset: int, data: bytes) -> None:
        """Send input whose first byte is at `offset`. Repeated bytes are dropped by the agent.

        Waits while more than INPUT_WINDOW bytes are unconfirmed, so some task must be reading. Raises AgentUnavailable.
        """
        if not self._input_base_known:
            self._accepted, self._input_base_known = offset, True
        while data:
            room = min(self._accepted + INPUT_WINDOW - offset, MAX_DATA)
            if room > 0 or self._closed:
                await self._send(encode_input(offset, data[:room]))
                offset, data = offset + len(data[:room]), data[room:]
            else:
                self._room.clear()
                await self._room.wait()

    async def acknowledge(self, offset: int) -> None:
        """Every output byte before `offset` is consumed: that much credit comes back."""
        await self._send(encode(Control.ACKNOWLEDGE, struct.pack("!Q", offset)))

    async def set_window(self, size: int) -> None:
        """At most `size` bytes, 1 to MAX_WINDOW, may be unacknowledged from now on."""
        await self._send(encode(Control.WINDOW, struct.pack("!I", size)))

    async def resize(self, columns: int, rows: int) -> None:
        """This viewer's size. It becomes the pty's while this viewer drives."""
        size = (min(max(number, 1), MAX_COLUMNS_OR_ROWS) for number in (columns, rows))
        await self._send(encode(Control.RESIZE, struct.pack("!HH", *size)))

    async def redraw(self) -> None:
        """Make the program in the pty draw itself again; for after a gap."""
        await self._send(encode(Control.REDRAW))

    async def close(self) -> None:
        """Leave. The shell goes on."""
        self._lose()
        self._writer.close()
        # Gone is as good as closed.
        with contextlib.suppress(OSError):
            await self._writer.wait_closed()

    async def _start(self, request: bytes) -> None:
        await self._send(request)
        hello = await self._next_message()
        if not isinstance(hello, PtyHello):
            raise AgentProtocolError("the agent answered ATTACH with something else")
        self.hello = hello
        self._accepted, self._input_base_known = hello.input_offset, hello.viewer_known

    def _lose(self) -> None:
        """Nothing can be sent any more; wake whoever waits for room."""
        self._closed = True
        self._room.set()

    async def _next_message(self) -> Message:
        message, self._ahead = self._ahead, None
        if message is None:
            message = decode(await self._next_frame())
        if isinstance(message, AgentRefused):
            raise message
        return message

    async def _next_frame(self) -> Frame:
        """One frame; what has arrived of the one after it is kept across a cancellation."""
        while (frame := self._frames.next_frame()) is None:
            try:
                data = await self._reader.read(READ_LIMIT)
            except OSError as error:
                raise AgentUnavailable(f"the agent went away: {error}") from error
            if not data:
                raise AgentUnavailable("the agent closed the connection")
            self._frames.feed(data)
        return frame

    def _joined(self, first: Output) -> Output:
        """That output with what follows it and is here already."""
        pieces, length = [first.data], len(first.data)
        while (frame := self._frames.next_frame()) is not None:
            message = decode(frame)
            follows = isinstance(message, Output) and message.offset == first.offset + length
            if not isinstance(message, Output) or not follows or length + len(message.data) > MAX_DATA:
                self._ahead = message
                break
            pieces.append(message.data)
            length += len(message.data)
        return first if len(pieces) == 1 else Output(first.offset, b"".join(pieces))

    async def _send(self, frame: bytes) -> None:
        if self._closed:
            raise AgentUnavailable("the connection to the agent was closed")
        try:
            self._writer.write(frame)
            await self._writer.drain()
        except OSError as error:
            raise AgentUnavailable(f"the agent went away: {error}") from error
