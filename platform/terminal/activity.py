"""Tells the lab session that somebody works in it: it keeps it from ending as idle, and wakes the automatic checks."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Final

logger = logging.getLogger(__name__)

QUIET_SECONDS: Final = 2.0  # Keystrokes within this are one activity; the last one is still told, at the end of it.


class Activity:
    """Throttles `tell` for one socket: at once for the first keystroke, then at most every 2 s while there are more."""

    def __init__(self, tell: Callable[[], Awaitable[object]]) -> None:
        self._tell = tell
        self._again = False
        self._telling: asyncio.Task[None] | None = None

    def note(self, _data: bytes = b"") -> None:
        """Something was typed. Never waits and never raises: the database is not on the way of a keystroke."""
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
            await asyncio.sleep(QUIET_SECONDS)
            if not self._again:
                return

    async def close(self) -> None:
        """Stop; what was typed last and not told yet is told now."""
        if self._telling is None:
            return
        self._telling.cancel()
        await asyncio.gather(self._telling, return_exceptions=True)
        if self._again:
            await asyncio.gather(self._tell(), return_exceptions=True)
