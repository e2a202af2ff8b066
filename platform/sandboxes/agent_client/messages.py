"""What the agent's frames mean: its answers as frozen dataclasses."""

from collections.abc import Callable
from dataclasses import dataclass

from .asking import PTY_NAME
from .errors import AgentProtocolError, AgentRefused, refusal
from .frames import Event, Fields, Frame

PROTOCOL_VERSION = 1
MAX_PTYS = 8
# Longest sequence that restores terminal modes; the agent knows far fewer modes than fit.
MAX_MODES = 256


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


def decode(frame: Frame) -> Message:
    """The meaning of a frame from the agent. Raises AgentProtocolError for everything the protocol does not allow."""
    decoder = _DECODERS.get(frame.type)
    if decoder is None:
        raise AgentProtocolError(f"the agent sent a frame of unknown type {frame.type}")
    fields = Fields(frame.payload)
    message = decoder(fields)
    fields.end()
    return message


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
    if not PTY_NAME.fullmatch(name):
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
