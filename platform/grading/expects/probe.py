"""Looking into a sandbox without trusting anything in it.

What looks is our own static busybox, on a volume that nobody inside can write, started by the agent by absolute path
with an empty environment: no PATH, alias, profile, preloaded library or replaced program of the learner's has a part
in it. The file is not readable to the learner's uid, so the kernel lets nobody trace it, read its memory or write
into its pipes; killing or stopping it is possible, and then nothing is known. Scripts and arguments arrive on
standard input, since command lines can be read by everybody.
"""

from __future__ import annotations

import errno
import secrets
import shlex
import socket
import time
from collections.abc import Mapping, Sequence
from typing import Protocol

from django.utils.translation import gettext_noop as _

from grading.expects.errors import CouldNotLook
from sandboxes.agent_client.errors import (
    AgentError,
    AgentLimit,
    AgentProtocolError,
    AgentUnavailable,
    CannotConnect,
    CannotStart,
)
from sandboxes.agent_client.sync import ProcessResult
from sandboxes.runtimes.container_body import AGENT_DIRECTORY, HOME

BUSYBOX = f"{AGENT_DIRECTORY}/busybox"
# Folders of the image, which only root can write; relative names of programs are looked for here and nowhere else.
SYSTEM_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

LOOK_TIMEOUT = 5.0  # seconds; looking takes milliseconds, unless the sandbox is out of everything
LOOK_LIMIT = 1_048_576  # bytes; what a look prints is bounded piece by piece, this is for a process table that is full
SCRIPT_LIMIT = 16_384  # bytes of what an author's script prints
PROGRAM_LIMIT = 65_536  # bytes of each stream of a program that a check runs

NO_ANSWER = _("Your lab did not answer. Check again in a moment.")
NO_ROOM = _("Your lab has no memory or no processes left for the check. Stop what you started, then check again.")
DISTURBED = _("The check was stopped from inside your lab. Check again.")
TOO_SLOW = _("Your lab was too slow to be checked. Check again in a moment.")
OVERTIME = "the time for all checks together is over"  # for staff

# What the kernel says of a file that is no program; anything else is a sandbox without room.
_NO_PROGRAM = {
    errno.ENOENT,
    errno.EACCES,
    errno.ENOEXEC,
    errno.EISDIR,
    errno.ENOTDIR,
    errno.ELIBBAD,
    errno.EPERM,
    errno.ETXTBSY,
}

# The whole program is one group, so that the shell has read all of it before it begins and standard input is free to
# be closed.
_FRAME = """{{
exec </dev/null 2>/dev/null
B={busybox} N={nonce}
set -- {arguments}
{body}
printf %s "$N"
exit 0
}}
"""
_SCRIPT_FRAME = """{{
exec </dev/null
eval {source}
exit
}}
"""


class Agent(Protocol):
    """What is needed of an agent's client."""

    def run(
        self,
        argv: Sequence[str],
        *,
        env: Mapping[str, str] | None = None,
        cwd: str = HOME,
        stdin: bytes = b"",
        timeout: float,
        output_limit: int = PROGRAM_LIMIT,
    ) -> ProcessResult: ...

    def connect(self, address: str, *, timeout: float) -> socket.socket: ...


class Probe:
    """Looks into one sandbox until a deadline, which is shared by all checks of one submission."""

    def __init__(
        self,
        agent: Agent,
        *,
        seconds: float,
        environment: Mapping[str, str] | None = None,
        busybox: str = BUSYBOX,
        home: str = HOME,
    ) -> None:
        """`environment` is what an author's scripts and a learner's programs see besides the usual."""
        self._agent = agent
        self._environment = dict(environment or {})
        self._deadline = time.monotonic() + seconds
        self._busybox = busybox
        self._home = home

    @property
    def deadline(self) -> float:
        """When looking has to be over, in seconds of the monotonic clock."""
        return self._deadline

    def place_of(self, path: str) -> str:
        """Return the absolute path of an author's: below the learner's home, unless it starts with `/`."""
        path = path.removeprefix("~/")
        return path if path.startswith("/") else f"{self._home}/{path}"

    def look(self, body: str, *arguments: str, limit: int = LOOK_LIMIT) -> list[bytes]:
        """Run a script of ours and return the fields it printed, which it ends with `printf %s "$N"`.

        It has its arguments as positional parameters and the trusted tools as `$B`. `$N` is drawn anew for each look,
        so that nothing that is read can pass for the end of a field. Raises CouldNotLook unless the script ran to its
        end and all of its output arrived.
        """
        nonce = secrets.token_hex(16)
        program = _FRAME.format(busybox=self._busybox, nonce=nonce, arguments=shlex.join(arguments), body=body)
        result = self._shell({}, "/", program, LOOK_TIMEOUT, limit)
        if result.timed_out:
            raise CouldNotLook(TOO_SLOW, "a look timed out", transient=True)
        fields = result.stdout.split(nonce.encode())
        if result.exit_code != 0 or result.truncated or fields.pop() != b"":
            raise CouldNotLook(DISTURBED, f"a look ended with {_ending(result)}", transient=True)
        return fields

    def script(self, source: str, environment: Mapping[str, str], timeout: float) -> ProcessResult:
        """Run an author's script in the trusted shell. Raises CouldNotLook where it was killed or took too long."""
        program = _SCRIPT_FRAME.format(source=shlex.quote(source))
        path = f"{AGENT_DIRECTORY}:{SYSTEM_PATH}"
        env = {**environment, **self._environment, "HOME": self._home, "LANG": "C.UTF-8", "PATH": path}
        result = self._shell(env, self._home, program, timeout, SCRIPT_LIMIT)
        if result.timed_out:
            raise CouldNotLook(TOO_SLOW, f"the script took more than {timeout:g} s", transient=True)
        if result.signal is not None:
            raise CouldNotLook(DISTURBED, f"the script ended with {_ending(result)}", transient=True)
        return result

    def program(self, argv: Sequence[str], cwd: str, timeout: float) -> ProcessResult | None:
        """Run a program by absolute path with a plain environment; None where the file is none. Raises CouldNotLook."""
        env = {**self._environment, "HOME": self._home, "LANG": "C.UTF-8", "PATH": SYSTEM_PATH}
        try:
            return self._run(argv, env, cwd, b"", timeout, PROGRAM_LIMIT)
        except CannotStart as error:
            if error.errno in _NO_PROGRAM:
                return None
            raise CouldNotLook(NO_ROOM, str(error), transient=True) from error

    def connect(self, address: str, timeout: float) -> socket.socket | None:
        """Return a stream to `tcp:<port>` or `unix:/path` in the sandbox; None where nobody listens.

        The caller closes it. Raises CouldNotLook.
        """
        try:
            return self._agent.connect(address, timeout=min(timeout, self._left()))
        except CannotConnect:
            return None
        except AgentError as error:
            raise _not_looked(error) from error

    def _shell(self, env: Mapping[str, str], cwd: str, program: str, timeout: float, limit: int) -> ProcessResult:
        try:
            return self._run([self._busybox, "sh"], env, cwd, program.encode(), timeout, limit)
        except CannotStart as error:
            raise CouldNotLook(NO_ROOM, str(error), transient=True) from error

    def _run(
        self, argv: Sequence[str], env: Mapping[str, str], cwd: str, stdin: bytes, timeout: float, limit: int
    ) -> ProcessResult:
        left = self._left()
        try:
            result = self._agent.run(
                argv, env=env, cwd=cwd, stdin=stdin, timeout=min(timeout, left), output_limit=limit
            )
        except CannotStart:
            raise
        except AgentError as error:
            raise _not_looked(error) from error
        if result.timed_out and left < timeout:
            raise CouldNotLook(TOO_SLOW, OVERTIME, transient=True)
        return result

    def _left(self) -> float:
        left = self._deadline - time.monotonic()
        if left <= 0:
            raise CouldNotLook(TOO_SLOW, OVERTIME, transient=True)
        return left


def _not_looked(error: AgentError) -> CouldNotLook:
    if isinstance(error, AgentUnavailable):
        return CouldNotLook(NO_ANSWER, str(error), transient=True)
    if isinstance(error, AgentLimit):
        return CouldNotLook(TOO_SLOW, str(error), transient=True)
    return CouldNotLook(DISTURBED if isinstance(error, AgentProtocolError) else NO_ANSWER, str(error))


def _ending(result: ProcessResult) -> str:
    return f"signal {result.signal}" if result.signal is not None else f"status {result.exit_code}"
