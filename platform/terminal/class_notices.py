"""`/ws/classes/<cohort>/`: tells an instructor's class view that something changed in the class.

It listens to the notices of every learner of the cohort, so nothing that publishes one has to know of classes. What it
passes on says only that something changed: the page reads the class again, and the database decides what it may see.
"""

import asyncio
import json
from typing import Any, Final

from channels.db import database_sync_to_async

from classroom.actions import NOTICE
from cohorts.models import Cohort, Role
from lab_sessions.events import group_of
from terminal.closing import CloseCode, Refused
from terminal.notices import Notices, relaying
from terminal.revocation import Grant

PAUSE: Final = 0.4  # seconds; thirty people who type together make two or three looks a second at most
ROSTER_SECONDS: Final = 30.0  # until people who joined are listened to; the page itself looks more often


class ClassNotices(Notices):
    """Relays that something changed in one class, to who teaches or assists in it."""

    _chores: tuple[asyncio.Task[None], ...] = ()
    _groups: frozenset[str] = frozenset()
    _changed: asyncio.Event

    def grant(self, user: Any) -> Grant:
        """Make the socket end with the role in the class."""
        cohort = int(self.scope["url_route"]["kwargs"]["cohort"])
        return Grant(user.pk, user.password, self.scope["session"].session_key, cohort=cohort)

    async def listen(self, user: Any) -> None:
        """Listen to everybody who learns in the class."""
        self._changed = asyncio.Event()
        if await database_sync_to_async(self._learners)(user) is None:
            raise Refused(CloseCode.NOT_FOUND)
        await self._listen(user)

    async def join(self, user: Any) -> None:
        """Begin to relay. Who teaches is not noted as somebody who learns."""
        self._chores = (asyncio.create_task(self._relay()), asyncio.create_task(self._follow_roster(user)))

    async def disconnect(self, code: int) -> None:
        """Leave every group."""
        self.let_go()
        for group in self._groups:
            await self.channel_layer.group_discard(group, self.channel_name)

    async def notice(self, event: dict[str, Any]) -> None:
        """Note that something changed, whatever it was."""
        self._changed.set()

    def let_go(self) -> None:
        """Give back what this socket holds in the process. May be called twice."""
        for chore in self._chores:
            chore.cancel()
        self._chores = ()
        super().let_go()

    def _learners(self, user: Any) -> list[int] | None:
        """Return who learns in the class; None where `user` does not teach there."""
        cohort = Cohort.objects.seen_by(user).filter(pk=self.scope["url_route"]["kwargs"]["cohort"]).first()
        if cohort is None:
            return None
        return list(cohort.enrolments.filter(role=Role.LEARNER).values_list("user_id", flat=True))

    async def _listen(self, user: Any) -> None:
        wanted = frozenset(group_of(pk) for pk in await database_sync_to_async(self._learners)(user) or ())
        for group in wanted - self._groups:
            await self.channel_layer.group_add(group, self.channel_name)
        for group in self._groups - wanted:
            await self.channel_layer.group_discard(group, self.channel_name)
        self._groups = wanted

    async def _relay(self) -> None:
        while True:
            await self._changed.wait()
            self._changed.clear()
            await self.send(json.dumps({"kind": NOTICE}))
            await asyncio.sleep(PAUSE)

    async def _follow_roster(self, user: Any) -> None:
        while True:
            await asyncio.sleep(ROSTER_SECONDS)
            await self._listen(user)


class_notices = relaying(ClassNotices)
