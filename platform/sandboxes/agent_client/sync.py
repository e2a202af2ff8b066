"""The agent as worker and grader use it: blocking calls, each bounded in time and in memory."""

import contextlib
import os
import select
import socket
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from .asking import encode_connect, encode_input, encode_run
from .errors import AgentError, AgentProtocolError, AgentRefused, AgentUnavailable, CannotStart
from .frames import HEADER, INPUT_WINDOW, MAX_DATA, Control, Frame, FrameDecoder, Request, encode, payload_length
from .messages import (
    Connected,
    Exited,
    InputAccepted,
    Message,
    Pong,
    PtyInfo,
    StandardError,
    StandardOutput,
    Started,
    decode,
)

# An answer that needs no program to run: the agent is one loop, busy for milliseconds, on a host that may swap.
ANSWER_TIMEOUT = 5.0
# How long a killed program may take to be reported as such, before we hang up on it.
KILL_GRACE = 2.0
# Between two attempts to reach an agent that is just starting.
RETRY_PAUSE = 0.02
# One read of the socket; two frames fit.
READ_SIZE = 131_072


@dataclass(frozen=True)
class ProcessResult:
    """How a program went. Exactly one of `exit_code` and `signal` is set, except when it could not be seen to end."""

    exit_code: int | None
    signal: int | None
    stdout: bytes
    stderr: bytes
    truncated: bool
    timed_out: bool
    seconds: float


class AgentClient:
    """One sandbox's agent. Holds no connection; every call opens its own."""

    def __init__(self, socket_path: Path) -> None:
        self._path = socket_path

    def wait_ready(self, *, timeout: float) -> None:
        """Return once the agent answers. Raises AgentUnavailable after `timeout` seconds."""
        deadline = time.monotonic() + timeout
        while True:
            left = deadline - time.monotonic()
            try:
                self.ping(timeout=max(left, RETRY_PAUSE))
            except AgentUnavailable:
                if left <= RETRY_PAUSE:
                    raise
                time.sleep(RETRY_PAUSE)
            else:
                return

    def ping(self, *, timeout: float = ANSWER_TIMEOUT) -> Pong:
        """Ask whether the agent is there. Raises AgentUnavailable."""
        answer = self._ask(encode(Request.PING), timeout=timeout)
        if not isinstance(answer, Pong):
            raise AgentProtocolError("the agent answered PING with something else")
        return answer

    def ptys(self) -> list[PtyInfo]:
        """The terminals of the sandbox."""
        answer = self._ask(encode(Request.PTYS), timeout=ANSWER_TIMEOUT)
        if not isinstance(answer, tuple):
            raise AgentProtocolError("the agent answered PTYS with something else")
        return list(answer)

    def connect(self, address: str, *, timeout: float) -> socket.socket:
        """A stream to `tcp:<port>` (127.0.0.1 inside) or `unix:/path` inside the sandbox; the caller closes it.

        The socket keeps `timeout` for each operation. Raises CannotConnect when nobody listens there.
        """
        request = encode_connect(address)
        connection = self._dial(timeout)
        try:
            connection.sendall(request)
            answer = _read_message(connection, time.monotonic() + timeout)
            if not isinstance(answer, Connected):
                raise AgentProtocolError("the agent answered CONNECT with something else")
            connection.settimeout(timeout)
        except OSError as error:
            connection.close()
            raise AgentUnavailable(f"the agent went away: {error}") from error
        except AgentError:
            connection.close()
            raise
        return connection

    def run(
        self,
        argv: Sequence[str],
        *,
        env: Mapping[str, str] | None = None,
        cwd: str = "/home/learner",
        stdin: bytes = b"",
        timeout: float,
        output_limit: int = 65_536,
    ) -> ProcessResult:
        """Run a program in the sandbox to its end, or kill its session after `timeout` seconds.

        `argv[0]` and `cwd` are absolute; `env` None means DEFAULT_ENVIRONMENT, and a mapping is the whole environment.
        Of each of stdout and stderr, `output_limit` bytes are kept; the rest is read and dropped. A program that fails
        is a result; CannotStart is raised when there was no program, AgentUnavailable when the sandbox went away.
        """
        request = encode_run(argv, env, cwd)
        with contextlib.closing(self._dial(timeout)) as connection:
            return _Run(connection, request, stdin, output_limit).result(timeout)

    def _ask(self, request: bytes, *, timeout: float) -> Message:
        with contextlib.closing(self._dial(timeout)) as connection:
            try:
                connection.sendall(request)
                return _read_message(connection, time.monotonic() + timeout)
            except OSError as error:
                raise AgentUnavailable(f"the agent went away: {error}") from error

    def _dial(self, timeout: float) -> socket.socket:
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        connection.settimeout(timeout)
        try:
            connection.connect(str(self._path))
        except OSError as error:
            connection.close()
            raise AgentUnavailable(f"no agent answers at {self._path.name}: {error}") from error
        return connection


class _Run:
    """One RUN in progress: feeds stdin within its credit, collects output, watches the clock."""

    def __init__(self, connection: socket.socket, request: bytes, stdin: bytes, output_limit: int) -> None:
        connection.setblocking(False)
        self._connection = connection
        self._decoder = FrameDecoder()
        self._outgoing = bytearray(request)
        self._stdin = memoryview(stdin)
        self._stdin_sent = 0
        self._stdin_accepted = 0
        self._stdin_ended = False
        self._limit = output_limit
        self._stdout = bytearray()
        self._stderr = bytearray()
        self._truncated = False
        self._exited: Exited | None = None

    def result(self, timeout: float) -> ProcessResult:
        """Go on until the program has ended; kill it when the time is up."""
        started = time.monotonic()
        self._pump_until(started + timeout)
        timed_out = self._exited is None
        if timed_out:
            self._outgoing += encode(Control.KILL)
            self._stdin_sent, self._stdin_ended = len(self._stdin), True
            self._pump_until(time.monotonic() + KILL_GRACE)
        end = self._exited or Exited()
        return ProcessResult(
            exit_code=end.exit_code,
            signal=end.signal,
            stdout=bytes(self._stdout),
            stderr=bytes(self._stderr),
            truncated=self._truncated,
            timed_out=timed_out,
            seconds=time.monotonic() - started,
        )

    def _pump_until(self, deadline: float) -> None:
        # Not `select`, which knows no descriptor above 1023.
        poller = select.poll()
        try:
            while self._exited is None and (left := deadline - time.monotonic()) > 0:
                self._queue_stdin()
                poller.register(self._connection, select.POLLIN | (select.POLLOUT if self._outgoing else 0))
                ready = dict(poller.poll(left * 1000)).get(self._connection.fileno(), 0)
                if ready & select.POLLOUT:
                    self._send()
                if ready & ~select.POLLOUT:
                    self._receive()
        except OSError as error:
            raise AgentUnavailable(f"the agent went away: {error}") from error

    def _send(self) -> None:
        try:
            del self._outgoing[: self._connection.send(self._outgoing)]
        except (BrokenPipeError, ConnectionResetError):
            # The program has ended without reading all its input; how it ended is still to be read.
            self._outgoing.clear()

    def _receive(self) -> None:
        data = self._connection.recv(READ_SIZE)
        if not data:
            raise AgentUnavailable("the agent closed the connection before the program ended")
        self._decoder.feed(data)
        while self._exited is None and (frame := self._decoder.next_frame()) is not None:
            self._handle(decode(frame))

    def _handle(self, message: Message) -> None:
        match message:
            case StandardOutput(data):
                self._keep(self._stdout, data)
            case StandardError(data):
                self._keep(self._stderr, data)
            case InputAccepted(offset) if self._stdin_accepted <= offset <= self._stdin_sent:
                self._stdin_accepted = offset
            case Exited(errno=int(number)):
                raise CannotStart(4, number, f"the program could not be started: {os.strerror(number)}")
            case Exited():
                self._exited = message
            case AgentRefused():
                raise message
            case Started():
                pass
            case _:
                raise AgentProtocolError("the agent answered RUN with something else")

    def _keep(self, kept: bytearray, data: bytes) -> None:
        room = self._limit - len(kept)
        kept += data[:room]
        self._truncated = self._truncated or len(data) > room

    def _queue_stdin(self) -> None:
        room = self._stdin_accepted + INPUT_WINDOW - self._stdin_sent
        while piece := self._stdin[self._stdin_sent :][: min(room, MAX_DATA)]:
            self._outgoing += encode_input(self._stdin_sent, bytes(piece))
            self._stdin_sent += len(piece)
            room -= len(piece)
        if self._stdin_sent == len(self._stdin) and not self._stdin_ended:
            self._outgoing += encode(Control.INPUT_END)
            self._stdin_ended = True


def _read_message(connection: socket.socket, deadline: float) -> Message:
    """Exactly one frame, not a byte more, because raw bytes may follow. Raises what the agent refused."""
    type_, length = payload_length(_read_exactly(connection, HEADER.size, deadline))
    message = decode(Frame(type_, _read_exactly(connection, length, deadline)))
    if isinstance(message, AgentRefused):
        raise message
    return message


def _read_exactly(connection: socket.socket, count: int, deadline: float) -> bytes:
    received = bytearray()
    while len(received) < count:
        connection.settimeout(max(deadline - time.monotonic(), 0.001))
        piece = connection.recv(count - len(received))
        if not piece:
            raise AgentUnavailable("the agent closed the connection")
        received += piece
    return bytes(received)
