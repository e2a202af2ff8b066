"""Frames of the agent protocol: type, length, payload (docs/agent-protocol.md)."""

import struct
from enum import IntEnum
from typing import NamedTuple

from .errors import AgentProtocolError

HEADER = struct.Struct("!BI")
OFFSET = struct.Struct("!Q")

# One read of a pipe or of a drained pty; it bounds every buffer on both sides.
MAX_PAYLOAD = 65_536
# What a frame that starts with an offset has room for.
MAX_DATA = MAX_PAYLOAD - OFFSET.size
# How far input may run ahead of what the agent has confirmed.
INPUT_WINDOW = 65_536
# The agent's bound on a viewer's output window: the size of its ring.
MAX_WINDOW = 1 << 20
MAX_COLUMNS_OR_ROWS = 1000


class Request(IntEnum):
    """The first frame on a connection."""

    RUN = 1
    ATTACH = 2
    CONNECT = 3
    PTYS = 4
    PING = 5


class Control(IntEnum):
    """What the host sends after the request."""

    INPUT = 16
    INPUT_END = 17
    ACKNOWLEDGE = 18
    WINDOW = 19
    RESIZE = 20
    REDRAW = 21
    KILL = 22


class Event(IntEnum):
    """What the agent sends."""

    ERROR = 64
    HELLO = 65
    STARTED = 66
    CONNECTED = 67
    PTY_LIST = 68
    PONG = 69
    OUTPUT = 70
    GAP = 71
    RESIZED = 72
    INPUT_ACCEPTED = 73
    EXITED = 74
    STDOUT = 75
    STDERR = 76


class Frame(NamedTuple):
    """One frame as read; the type is not yet checked to be a known one."""

    type: int
    payload: bytes


def encode(type_: int, payload: bytes = b"") -> bytes:
    """The bytes of one frame. Raises ValueError when the payload is too long for one."""
    if len(payload) > MAX_PAYLOAD:
        raise ValueError(f"a frame holds at most {MAX_PAYLOAD} bytes, not {len(payload)}")
    return HEADER.pack(type_, len(payload)) + payload


def payload_length(header: bytes) -> tuple[int, int]:
    """Type and payload length from the five bytes of a header. Raises AgentProtocolError when too long."""
    type_, length = HEADER.unpack(header)
    if length > MAX_PAYLOAD:
        raise AgentProtocolError(f"the agent announced a frame of {length} bytes")
    return type_, length


class FrameDecoder:
    """Cuts a byte stream into frames. Keeps at most one incomplete frame and what was fed last."""

    def __init__(self) -> None:
        self._buffer = bytearray()

    def feed(self, data: bytes) -> None:
        """Add bytes as they arrived."""
        self._buffer += data

    def next_frame(self) -> Frame | None:
        """The next complete frame, or None until more is fed. Raises AgentProtocolError."""
        if len(self._buffer) < HEADER.size:
            return None
        type_, length = payload_length(bytes(self._buffer[: HEADER.size]))
        end = HEADER.size + length
        if len(self._buffer) < end:
            return None
        payload = bytes(self._buffer[HEADER.size : end])
        del self._buffer[:end]
        return Frame(type_, payload)


class Fields:
    """Reads the fields of one payload in order; everything that does not fit exactly is AgentProtocolError."""

    def __init__(self, payload: bytes) -> None:
        self._payload = payload
        self._position = 0

    def take(self, count: int) -> bytes:
        """The next `count` bytes."""
        end = self._position + count
        if end > len(self._payload):
            raise AgentProtocolError("the agent sent a frame that ends too early")
        piece = self._payload[self._position : end]
        self._position = end
        return piece

    def number(self, size: int) -> int:
        """An unsigned number of `size` bytes."""
        return int.from_bytes(self.take(size), "big")

    def text(self, length_size: int) -> str:
        """Printable ASCII behind its length. Nothing else can be a name or a message of ours."""
        raw = self.take(self.number(length_size))
        if not all(0x20 <= byte < 0x7F for byte in raw):
            raise AgentProtocolError("the agent sent a text that is not printable ASCII")
        return raw.decode("ascii")

    def rest(self) -> bytes:
        """Everything that is left; at least one byte."""
        if self._position == len(self._payload):
            raise AgentProtocolError("the agent sent an empty piece of data")
        return self.take(len(self._payload) - self._position)

    def end(self) -> None:
        """Nothing may be left."""
        if self._position != len(self._payload):
            raise AgentProtocolError("the agent sent a frame with bytes left over")
