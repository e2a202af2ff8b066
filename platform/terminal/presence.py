"""Who is there: people whose pages have an open socket for notices, noted in the database every now and then.

A page that is only read writes nothing, and a socket costs nothing while it is open; so each process notes all its
people in one statement. Losing a note costs nobody anything but a grey dot.
"""

import asyncio
import logging
import re
from typing import Final
from urllib.parse import parse_qs

from channels.db import database_sync_to_async
from django.utils import timezone

from accounts.models import User
from classroom.presence import note_arrival, note_still_there
from classroom.timing import SEEN_EVERY
from lab_sessions import events

logger = logging.getLogger(__name__)

ARRIVAL: Final = "presence"  # a notice for who looks at the class; people's own pages do not care
_LESSON: Final = re.compile(r"[a-z0-9_-]{1,80}(?:/[a-z0-9_-]{1,80}){2}")


def lesson_named(query: bytes) -> str:
    """Return the lesson that a page says it shows; empty where it shows none or says nonsense."""
    named = parse_qs(query.decode("latin-1")).get("lesson", [""])[0]
    return named if _LESSON.fullmatch(named) and len(named) <= 250 else ""


class Roll:
    """The people whose pages this process serves."""

    def __init__(self, every: float = SEEN_EVERY.total_seconds()) -> None:
        self._every = every
        self._people: dict[object, int] = {}
        self._loop: asyncio.Task[None] | None = None

    async def enter(self, socket: object, user: User, lesson_key: str) -> None:
        """Note that a page was opened, and from now on that it is. Never raises: nobody waits for this."""
        self._people[socket] = user.pk
        if self._loop is None or self._loop.done():
            self._loop = asyncio.create_task(self._run())
        try:
            await database_sync_to_async(_arrive)(user, lesson_key)
        except Exception:
            logger.warning("It could not be noted that somebody came.", exc_info=True)

    def leave(self, socket: object) -> None:
        """Count a page out; may be called twice. The loop ends with the last one."""
        self._people.pop(socket, None)
        if not self._people and self._loop:
            self._loop.cancel()
            self._loop = None

    async def _run(self) -> None:
        while True:
            await asyncio.sleep(self._every)
            try:
                await database_sync_to_async(note_still_there)(set(self._people.values()), timezone.now())
            except Exception:
                logger.warning("It could not be noted who is there; trying again.", exc_info=True)


def _arrive(user: User, lesson_key: str) -> None:
    note_arrival(user=user, lesson_key=lesson_key, now=timezone.now())
    events.publish(user.pk, ARRIVAL)


roll = Roll()
