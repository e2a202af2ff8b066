"""What the frames mean: requests as the agent wants them, its answers as frozen dataclasses."""

import re
import struct
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from .errors import AgentProtocolError, AgentRefused, refusal
from .frames import MAX_WINDOW, Control, Event, Fields, Frame, Request, encode

PROTOCOL_VERSION = 1
MAX_PTYS = 8
# The agent's bound on argv and on the environment, each.
MAX_STRINGS = 256
# Longest sequence that restores terminal modes; the agent knows far fewer modes than fit.
MAX_MODES = 256
# What a learner's programs see unless the caller says otherwise; nothing of the host's environment leaks in.
DEFAULT_ENVIRONMENT: Mapping[str, str] = {
    "HOME": "/home/learner",
    "LANG": "C.UTF-8",
    "LOGNAME": "learner",
    "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    "USER": "learner",
}
_PTY_NAME = re.compile(r"[a-z0-9_-]{1,32}")
_VIEWER = re.compile(r"[A-Za-z0-9_-]{1,32}")


@dataclass(frozen=True)
class PtyCommand:
    """What to start in a pty that is not there. `env` None means the default environment with TERM."""

    argv: Sequence[str] = ("/bin/bash", "-l")
    env: Mapping[str, str] | None = None
    cwd: str = "/home/learner"


def login_shell(environment: Mapping[str, str] | None = None) -> PtyCommand:
    """The shell of a learner's terminal; its programs see `environment` besides the usual."""
    terminal = {"TERM": "xterm-256color", "COLORTERM": "truecolor"}
    return PtyCommand(env={**DEFAULT_ENVIRONMENT, **(environment or {}), **terminal})


@dataclass(frozen=True)
class PtyInfo:
    """One pty as PTYS lists it. Offsets are of output bytes; `first` is the oldest the ring still has."""

    name: str
    pid: int
    alive: bool
    first: int
    offset: int
    columns: int
    rows: int
    viewers: int


@dataclass(frozen=True)
class Pong:
    """The agent is there: its protocol version, how busy it is, and for how long it has been up."""

    protocol: int
    connections: int
    ptys: int
    uptime: float


@dataclass(frozen=True)
class PtyHello:
    """State of a pty at the moment of attaching (docs/agent-protocol.md, HELLO)."""

    first_offset: int
    next_offset: int
    start_offset: int
    gap: int
    input_offset: int
    pid: int
    columns: int
    rows: int
    viewer_known: bool
    alive: bool
    driving: bool
    spawned: bool
    modes: bytes


@dataclass(frozen=True)
class Output:
    """Bytes the pty wrote, at their absolute offset."""

    offset: int
    data: bytes


@dataclass(frozen=True)
class Gap:
    """`lost` bytes fell out of the ring; output goes on at `offset`, in a terminal reset and put into `modes`."""

    lost: int
    offset: int
    modes: bytes


@dataclass(frozen=True)
class Resized:
    """The pty's size now, and whether this viewer is the one that sets it."""

    columns: int
    rows: int
    driving: bool


@dataclass(frozen=True)
class InputAccepted:
    """Every input byte of this viewer before `offset` is in the pty."""

    offset: int


@dataclass(frozen=True)
class Exited:
    """The program ended. Exactly one of the two is set, unless it could not be started: then `errno` is."""

    exit_code: int | None = None
    signal: int | None = None
    errno: int | None = None


@dataclass(frozen=True)
class Started:
    """The program of a RUN is on its way."""

    pid: int


@dataclass(frozen=True)
class StandardOutput:
    """A piece of a program's standard output."""

    data: bytes


@dataclass(frozen=True)
class StandardError:
    """A piece of a program's standard error."""

    data: bytes


@dataclass(frozen=True)
class Connected:
    """From here on the connection is the raw stream."""


PtyEvent = Output | Gap | Resized | InputAccepted | Exited
RunEvent = Started | StandardOutput | StandardError | InputAccepted | Exited
Message = PtyEvent | RunEvent | PtyHello | Connected | Pong | tuple[PtyInfo, ...] | AgentRefused


def encode_run(argv: Sequence[str], env: Mapping[str, str] | None, cwd: str) -> bytes:
    """The RUN request. Raises ValueError for what the agent would refuse."""
    return encode(Request.RUN, _command(argv, DEFAULT_ENVIRONMENT if env is None else env, cwd))


def encode_attach(
    *, name: str, viewer: str, offset: int, window: int, columns: int, rows: int, spawn: PtyCommand | None
) -> bytes:
    """The ATTACH request. Raises ValueError for what the agent would refuse."""
    if not _PTY_NAME.fullmatch(name) or not _VIEWER.fullmatch(viewer):
        raise ValueError("a pty is named [a-z0-9_-]{1,32}, a viewer [A-Za-z0-9_-]{1,32}")
    if not 1 <= window <= MAX_WINDOW:
        raise ValueError(f"a window is 1 to {MAX_WINDOW} bytes")
    payload = _text8(name) + _text8(viewer) + struct.pack("!QIHHB", offset, window, columns, rows, spawn is not None)
    if spawn is not None:
        env = {**DEFAULT_ENVIRONMENT, "TERM": "xterm-256color"} if spawn.env is None else spawn.env
        payload += _command(spawn.argv, env, spawn.cwd)
    return encode(Request.ATTACH, payload)


def encode_connect(address: str) -> bytes:
    """The CONNECT request for `tcp:<port>` or `unix:/path`. Raises ValueError for anything else."""
    kind, _, rest = address.partition(":")
    if kind == "tcp" and rest.isascii() and rest.isdigit() and 0 < int(rest) < 65_536:
        return encode(Request.CONNECT, struct.pack("!BH", 1, int(rest)))
    # 107 bytes and a terminating zero fill the kernel's sockaddr_un.
    if kind == "unix" and PurePosixPath(rest).is_absolute() and "\0" not in rest and len(rest.encode()) <= 107:
        return encode(Request.CONNECT, b"\x02" + _text16(rest))
    raise ValueError(f"not an address inside a sandbox: {address!r}")


def encode_input(offset: int, data: bytes) -> bytes:
    """One piece of input, at most MAX_DATA bytes."""
    return encode(Control.INPUT, struct.pack("!Q", offset) + data)


def decode(frame: Frame) -> Message:
    """The meaning of a frame from the agent. Raises AgentProtocolError for everything the protocol does not allow."""
    decoder = _DECODERS.get(frame.type)
    if decoder is None:
        raise AgentProtocolError(f"the agent sent a frame of unknown type {frame.type}")
    fields = Fields(frame.payload)
    message = decoder(fields)
    fields.end()
    return message


def _text8(text: str) -> bytes:
    raw = text.encode("ascii")
    return bytes([len(raw)]) + raw


def _text16(text: str) -> bytes:
    raw = text.encode()
    if b"\0" in raw:
        raise ValueError("a zero byte cannot be passed to a program")
    if len(raw) > 0xFFFF:
        raise ValueError("too long for one frame")
    return struct.pack("!H", len(raw)) + raw


def _command(argv: Sequence[str], env: Mapping[str, str], cwd: str) -> bytes:
    if not argv or not PurePosixPath(argv[0]).is_absolute() or not PurePosixPath(cwd).is_absolute():
        raise ValueError("the program and its folder are absolute paths, so that no search path decides")
    if any(not name or "=" in name for name in env):
        raise ValueError("a variable's name is not empty and has no '='")
    return _text16(cwd) + _strings(argv) + _strings([f"{name}={value}" for name, value in env.items()])


def _strings(texts: Sequence[str]) -> bytes:
    if len(texts) > MAX_STRINGS:
        raise ValueError(f"at most {MAX_STRINGS} arguments or variables")
    return struct.pack("!H", len(texts)) + b"".join(_text16(text) for text in texts)


def _decode_error(fields: Fields) -> AgentRefused:
    return refusal(fields.number(2), fields.number(4), fields.text(2))


def _decode_modes(fields: Fields) -> bytes:
    length = fields.number(2)
    if length > MAX_MODES:
        raise AgentProtocolError("the agent sent too long a sequence of modes")
    return fields.take(length)


def _decode_hello(fields: Fields) -> PtyHello:
    first, next_, start, gap, accepted = (fields.number(8) for _ in range(5))
    pid, columns, rows, flags = fields.number(4), fields.number(2), fields.number(2), fields.number(1)
    if not first <= start <= next_:
        raise AgentProtocolError("the agent's offsets contradict each other")
    return PtyHello(
        first_offset=first,
        next_offset=next_,
        start_offset=start,
        gap=gap,
        input_offset=accepted,
        pid=pid,
        columns=columns,
        rows=rows,
        viewer_known=bool(flags & 1),
        alive=bool(flags & 2),
        driving=bool(flags & 4),
        spawned=bool(flags & 8),
        modes=_decode_modes(fields),
    )


def _decode_pty_list(fields: Fields) -> tuple[PtyInfo, ...]:
    count = fields.number(1)
    if count > MAX_PTYS:
        raise AgentProtocolError("the agent listed more ptys than it may have")
    return tuple(_decode_pty(fields) for _ in range(count))


def _decode_pty(fields: Fields) -> PtyInfo:
    name, pid, alive = fields.text(1), fields.number(4), fields.number(1)
    if not _PTY_NAME.fullmatch(name):
        raise AgentProtocolError("the agent listed a pty with an impossible name")
    first, offset = fields.number(8), fields.number(8)
    columns, rows, viewers = fields.number(2), fields.number(2), fields.number(1)
    return PtyInfo(name, pid, bool(alive), first, offset, columns, rows, viewers)


def _decode_exited(fields: Fields) -> Exited:
    how, value = fields.number(1), fields.number(4)
    if how > 2 or value > 255:
        raise AgentProtocolError("the agent reported an end that no program can have")
    return [Exited(exit_code=value), Exited(signal=value), Exited(errno=value)][how]


_DECODERS: dict[int, Callable[[Fields], Message]] = {
    Event.ERROR: _decode_error,
    Event.HELLO: _decode_hello,
    Event.STARTED: lambda fields: Started(fields.number(4)),
    Event.CONNECTED: lambda fields: Connected(),
    Event.PTY_LIST: _decode_pty_list,
    Event.PONG: lambda fields: Pong(fields.number(2), fields.number(2), fields.number(2), fields.number(8) / 1000),
    Event.OUTPUT: lambda fields: Output(fields.number(8), fields.rest()),
    Event.GAP: lambda fields: Gap(fields.number(8), fields.number(8), _decode_modes(fields)),
    Event.RESIZED: lambda fields: Resized(fields.number(2), fields.number(2), bool(fields.number(1))),
    Event.INPUT_ACCEPTED: lambda fields: InputAccepted(fields.number(8)),
    Event.EXITED: _decode_exited,
    Event.STDOUT: lambda fields: StandardOutput(fields.rest()),
    Event.STDERR: lambda fields: StandardError(fields.rest()),
}
