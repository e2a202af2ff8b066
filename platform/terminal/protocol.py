"""Frames between browser and terminal door, as `docs/terminal-protocol.md` writes them down.

Plain Python: bytes in, frozen dataclasses out, and back. What a browser sends is parsed strictly: anything that is
not exactly a legal frame raises `BadFrame`.
"""

import struct
from dataclasses import dataclass
from enum import IntEnum
from typing import Any, Final

VERSION: Final = 1
# The server's --ws-max-size; the largest legal frame from a browser is a quarter of it.
MAX_FRAME_BYTES: Final = 65_536
MAX_INPUT_BYTES: Final = 16_384  # One INPUT frame: small enough that a paste leaves room for a ^C between its frames.
MAX_OUTPUT_BYTES: Final = 65_536  # One OUTPUT frame: a flood's best size, and the share of one turn.
MAX_OFFSET: Final = 2**53 - 1  # What a JavaScript number holds exactly: 285 years at 1 MB/s.
COLUMNS: Final = range(2, 501)  # Below 2 xterm cannot lay out a wide character; above 500 nobody has a screen.
ROWS: Final = range(1, 301)
VIEWER_BYTES: Final = 16
STREAM_BYTES: Final = 8

_RESUME = 0x01
_RESUMED, _DRIVING, _KNOWN = 0x01, 0x02, 0x04
_ATTACH_BODY = struct.Struct(">BB16s8sQHH")
_HELLO = struct.Struct(">BBB8sQQQHH")
_OFFSET = struct.Struct(">Q")
_SIZE = struct.Struct(">HH")
_TOKEN = struct.Struct(">I")
_NOTHING = struct.Struct("")
_OUTPUT = struct.Struct(">BQ")
_GAP = struct.Struct(">BQQ")
_EXITED = struct.Struct(">BBI")


class BadFrame(ValueError):
    """A browser sent what no browser of ours sends. The socket is closed with 1008; the learner never sees the text."""


@dataclass(frozen=True, slots=True)
class Attach:
    """First frame of a viewer. `stream` and `offset` are None for a viewer that has seen nothing yet."""

    viewer: str
    stream: bytes | None
    offset: int | None
    columns: int
    rows: int


@dataclass(frozen=True, slots=True)
class Input:
    """Typed or pasted bytes; `offset` counts this viewer's input from the start of the stream."""

    offset: int
    data: bytes


@dataclass(frozen=True, slots=True)
class Ack:
    """Every output byte before `offset` has been shown."""

    offset: int


@dataclass(frozen=True, slots=True)
class Resize:
    """How many columns and rows fit this viewer."""

    columns: int
    rows: int


@dataclass(frozen=True, slots=True)
class Restart:
    """Start the shell again after it has exited."""


@dataclass(frozen=True, slots=True)
class Ping:
    """Asks whether the line is alive; answered with the same token."""

    token: int


ClientFrame = Attach | Input | Ack | Resize | Restart | Ping


@dataclass(frozen=True, slots=True)
class Hello:
    """What a viewer needs to know before the first byte of a stream."""

    stream: bytes
    resumed: bool  # The stream is the one the viewer asked for.
    driving: bool
    known: bool  # The agent remembers this viewer, so `input` counts.
    start: int
    live: int
    input: int
    columns: int
    rows: int


def parse(frame: bytes) -> ClientFrame:
    """Turn one message of a browser into a frame.

    Raises:
        BadFrame: if it is not exactly one legal frame.
    """
    if not frame:
        raise BadFrame("empty frame")
    kind, body = frame[0], frame[1:]
    match kind:
        case 0x01:
            return _parse_attach(body)
        case 0x02:
            return _parse_input(body)
        case 0x03:
            return Ack(_offset(_unpack(_OFFSET, body)[0]))
        case 0x04:
            return Resize(*_size(*_unpack(_SIZE, body)))
        case 0x05:
            _unpack(_NOTHING, body)
            return Restart()
        case 0x06:
            return Ping(_unpack(_TOKEN, body)[0])
        case _:
            raise BadFrame(f"unknown type {kind:#04x}")


def _parse_attach(body: bytes) -> Attach:
    version, flags, viewer, stream, offset, columns, rows = _unpack(_ATTACH_BODY, body)
    if version != VERSION:
        raise BadFrame(f"version {version}")
    if flags & ~_RESUME:
        raise BadFrame(f"flags {flags:#04x}")
    resume = bool(flags & _RESUME)
    columns, rows = _size(columns, rows)
    return Attach(viewer.hex(), stream if resume else None, _offset(offset) if resume else None, columns, rows)


def _parse_input(body: bytes) -> Input:
    if not _OFFSET.size < len(body) <= _OFFSET.size + MAX_INPUT_BYTES:
        raise BadFrame(f"input of {len(body)} bytes")
    offset = _offset(_OFFSET.unpack_from(body)[0])
    _offset(offset + len(body))
    return Input(offset, body[_OFFSET.size :])


def _unpack(shape: struct.Struct, body: bytes) -> tuple[Any, ...]:
    if len(body) != shape.size:
        raise BadFrame(f"body of {len(body)} bytes instead of {shape.size}")
    return shape.unpack(body)


def _offset(value: int) -> int:
    if value > MAX_OFFSET:
        raise BadFrame(f"offset {value}")
    return value


def _size(columns: int, rows: int) -> tuple[int, int]:
    if columns not in COLUMNS or rows not in ROWS:
        raise BadFrame(f"size {columns} x {rows}")
    return columns, rows


def hello(frame: Hello) -> bytes:
    """Encode HELLO."""
    flags = _RESUMED * frame.resumed | _DRIVING * frame.driving | _KNOWN * frame.known
    return _HELLO.pack(
        0x81, VERSION, flags, frame.stream, frame.start, frame.live, frame.input, frame.columns, frame.rows
    )


def output(offset: int, data: bytes) -> bytes:
    """Encode OUTPUT; `offset` is that of the first byte of `data`."""
    return _OUTPUT.pack(0x82, offset) + data


def accepted(offset: int) -> bytes:
    """Encode ACCEPTED: this viewer's input before `offset` is with the shell."""
    return b"\x83" + _OFFSET.pack(offset)


def size(columns: int, rows: int, *, driving: bool) -> bytes:
    """Encode SIZE."""
    return b"\x84" + _SIZE.pack(columns, rows) + bytes([driving])


def gap(lost: int, offset: int, modes: bytes) -> bytes:
    """Encode GAP: `lost` bytes are gone, output goes on at `offset` with the terminal in these modes."""
    return _GAP.pack(0x85, lost, offset) + modes


class Ending(IntEnum):
    """How a shell ended; the value that goes with it is an exit status, a signal or an errno."""

    EXITED = 0
    SIGNALLED = 1
    NOT_STARTED = 2


def exited(how: Ending, value: int) -> bytes:
    """Encode EXITED."""
    return _EXITED.pack(0x86, how, value)


def pong(token: int) -> bytes:
    """Encode PONG."""
    return b"\x87" + _TOKEN.pack(token)
