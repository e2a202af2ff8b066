"""Somebody who types into a lab's terminal: a login shell in a real pty, one line after another.

The shell says when a line is done: PS0 and PS1 print marks that no program of the lesson can know, as escape
sequences that a terminal would not show. Between two lines nobody is attached, so that what runs in the background is
never held up by us.
"""

from __future__ import annotations

import asyncio
import re
import secrets
from dataclasses import dataclass
from pathlib import Path

from sandboxes.agent_client import AgentUnavailable, Exited, Gap, Output, PtyCommand, PtyStream

PTY = "prove"
LOGIN_SHELL = PtyCommand()
WINDOW = 262_144  # bytes of output on their way; a step that prints more waits for us, not the other way round
COLUMNS, ROWS = 200, 50  # wide, so that a typed line is seldom wrapped
START_TIMEOUT = 15.0  # seconds until a login shell has its first prompt, on a machine that is busy
QUIET_AFTER_PROMPT = 0.3  # seconds; a prompt that was only drawn again is followed by what was typed
MAX_OUTPUT = 1_048_576  # bytes of one step that are kept; the beginning of more is dropped

_ESCAPE = re.compile(rb"\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b[ -~]")


class CannotType(Exception):
    """For whoever wrote the lab: the shell is not there, ended, or did not come back in time."""


@dataclass(frozen=True, kw_only=True)
class Typed:
    """What came of one line."""

    output: str
    """What was printed, without escape sequences."""
    status: int

    @property
    def last_line(self) -> str:
        """What a learner would copy as the answer."""
        lines = [line.strip() for line in self.output.splitlines() if line.strip()]
        return lines[-1] if lines else ""


class Typist:
    """Types into the sandbox behind a socket. `begin` comes first."""

    def __init__(self, socket_path: Path, *, shell: PtyCommand = LOGIN_SHELL) -> None:
        self._socket_path = socket_path
        self._shell = shell
        self._mark = secrets.token_hex(8)
        self._begun = f"\x1b]7777;B{self._mark}\x07".encode()
        self._prompt = re.compile(rf"\x1b\]7777;P{self._mark};(\d+)\x07".encode())
        self._offset = 0
        self._input_offset = 0

    def begin(self) -> None:
        """Start a login shell as a learner's terminal does. Raises CannotType."""
        # An image's own prompt is often made anew by PROMPT_COMMAND, which would undo ours.
        marks = f"PS0='\\e]7777;B{self._mark}\\a' PS1='\\[\\e]7777;P{self._mark};$?\\a\\]$ ' PS2='> '"
        asyncio.run(self._type(f"unset PROMPT_COMMAND; {marks}\r".encode(), START_TIMEOUT, spawn=True))

    def type(self, line: str, *, timeout: float) -> Typed:
        """Type a line (or several, as one paste) and wait for the next prompt. Raises CannotType."""
        text = line.strip("\n").encode()
        # Pasted text is taken as it is: in typed text a tab completes, and each of several lines has a prompt of its
        # own.
        keys = b"\x1b[200~" + text + b"\x1b[201~\r" if re.search(rb"[\n\t]", text) else text + b"\r"
        return asyncio.run(self._type(keys, timeout))

    async def _type(self, keys: bytes, timeout: float, *, spawn: bool = False) -> Typed:
        try:
            stream = await PtyStream.attach(
                self._socket_path,
                name=PTY,
                viewer=f"prove-{self._mark}",
                offset=self._offset,
                window=WINDOW,
                spawn=self._shell if spawn else None,
                columns=COLUMNS,
                rows=ROWS,
            )
        except AgentUnavailable as error:
            raise CannotType(str(error)) from error
        try:
            async with asyncio.timeout(timeout):
                await stream.write(self._input_offset, keys)
                self._input_offset += len(keys)
                return await self._read_to_prompt(stream)
        except TimeoutError:
            raise CannotType(f"there was no prompt within {timeout:g} s") from None
        except AgentUnavailable as error:
            raise CannotType(str(error)) from error
        finally:
            await stream.close()

    async def _read_to_prompt(self, stream: PtyStream) -> Typed:
        """Read until a prompt follows a command that began, or until one stays although none began (a syntax error)."""
        received = bytearray()
        while True:
            begun = self._begun in received
            found = self._prompt.search(received, received.rfind(self._begun) if begun else 0)
            if found and begun:
                return self._typed(bytes(received[: found.start()]), int(found[1]))
            try:
                async with asyncio.timeout(QUIET_AFTER_PROMPT if found else None):
                    await self._receive(stream, received)
            except TimeoutError:
                if found is None:
                    raise  # the time of the whole step is over, not the pause after a prompt
                return self._typed(bytes(received[: found.start()]), int(found[1]))

    async def _receive(self, stream: PtyStream, received: bytearray) -> None:
        event = await stream.read()
        if isinstance(event, Output):
            received += event.data
            self._offset = event.offset + len(event.data)
            await stream.acknowledge(self._offset)
            if len(received) > MAX_OUTPUT:  # the beginning goes, but not the mark in it
                del received[len(self._begun) : -MAX_OUTPUT // 2]
                received[: len(self._begun)] = self._begun
        elif isinstance(event, Gap):
            self._offset = event.offset
        elif isinstance(event, Exited):
            raise CannotType("the shell ended")

    def _typed(self, received: bytes, status: int) -> Typed:
        printed = received.partition(self._begun)[2] if self._begun in received else received
        text = _ESCAPE.sub(b"", printed).decode("utf-8", "replace")
        return Typed(output=text.replace("\r\n", "\n").replace("\r", "\n"), status=status)
