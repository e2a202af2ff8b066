"""Tells the lab session that somebody works in it: it does not end as idle then, and automatic checks are made."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Final

logger = logging.getLogger(__name__)

PRESENCE_SECONDS: Final = 5.0  # How often keystrokes are noted: as often as the lab session itself cares to know.
COMMAND_SECONDS: Final = 1.0  # How often commands ask for automatic checks: people do not finish tasks faster.
# Enter, and what ends a program or its input. Whatever else was typed has not done anything yet.
COMMAND_KEYS: Final = frozenset(b"\r\n\x03\x04")

Tell = Callable[[], Awaitable[object]]


class Activity:
    """What one viewer's input means to the lab session."""

    def __init__(self, *, present: Tell, command: Tell) -> None:
        self._present = Throttle(present, PRESENCE_SECONDS)
        self._command = Throttle(command, COMMAND_SECONDS)

    def note(self, data: bytes) -> None:
        """`data` was typed. Never waits and never raises: the database is not on the way of a keystroke."""
        self._present.note()
        if not COMMAND_KEYS.isdisjoint(data):
            self._command.note()

    async def close(self) -> None:
        """Stop; what was done last and not told yet is told now."""
        await self._command.close()
        await self._present.close()


class Throttle:
    """Calls `tell` at once, then at most once in so many seconds, and once more at the end for what came meanwhile."""

    def __init__(self, tell: Tell, seconds: float) -> None:
        self._tell = tell
        self._seconds = seconds
        self._again = False
        self._telling: asyncio.Task[None] | None = None

    def note(self) -> None:
        """It happened (again)."""
        if self._telling is None or self._telling.done():
            self._telling = asyncio.create_task(self._run())
        else:
            self._again = True

    async def _run(self) -> None:
        while True:
            self._again = False
            try:
                await self._tell()
            except Exception:  # A missed note costs a late tick at worst; the terminal must not notice.
                logger.warning("The activity of a lab session could not be noted.", exc_info=True)
            await asyncio.sleep(self._seconds)
            if not self._again:
                return

    async def close(self) -> None:
        """Stop; what is still to be told is told now."""
        if self._telling is None:
            return
        self._telling.cancel()
        await asyncio.gather(self._telling, return_exceptions=True)
        if self._again:
            await asyncio.gather(self._tell(), return_exceptions=True)
