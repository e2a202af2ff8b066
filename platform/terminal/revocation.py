"""Sockets do not outlive the right to them.

A WebSocket is authorised once, when it is opened. Each process therefore asks the database every 2 s, in a few
queries for all its sockets together, whether what they were opened on still holds. When the database does not answer,
open sockets go on: an outage must not take the terminals of a class away.
"""

import asyncio
import logging
import uuid
from collections.abc import Awaitable, Callable, Collection, Coroutine
from dataclasses import dataclass, field, replace
from typing import Any, Final

from channels.db import database_sync_to_async
from django.contrib.sessions.models import Session
from django.utils import timezone

from accounts.models import User
from classroom.models import Assistance
from cohorts.models import Cohort
from lab_sessions.models import LabSession
from lab_sessions.transitions import LIVE, State
from terminal.closing import CloseCode, Refused

logger = logging.getLogger(__name__)

ASK_SECONDS: Final = 2.0  # A revoked socket closes within 5 s even if one answer takes a second or is lost.
MAX_SOCKETS_PER_PERSON: Final = 24  # 8 terminals and the notices on two or three devices.
MAX_SOCKETS_PER_LAB_SESSION: Final = 16  # Half of the agent's connections: checks and web ports need the others.


@dataclass(frozen=True, slots=True)
class Grant:
    """What a socket was opened on. `lab_session` is None for sockets that belong to a person only."""

    user_id: int
    password: str = field(repr=False)  # As stored: hashed. A changed password ends every sign-in made with the old one.
    sign_in: str = field(repr=False)
    lab_session: uuid.UUID | None = None
    generation: int = 0
    assistance: uuid.UUID | None = None
    """The learner's consent, for the viewer of somebody else."""
    cohort: int | None = None
    """The class that the socket tells about, for who teaches there."""


async def find_revoked(grants: Collection[Grant]) -> dict[Grant, CloseCode]:
    """The grants that no longer hold, each with the code that says why."""
    revoked: dict[Grant, CloseCode] = await database_sync_to_async(_find_revoked)(grants)
    return revoked


def _find_revoked(grants: Collection[Grant]) -> dict[Grant, CloseCode]:
    people = {
        pk: password
        for pk, password in User.objects.filter(pk__in={grant.user_id for grant in grants}, is_active=True).values_list(
            "pk", "password"
        )
    }
    sign_ins = set(
        Session.objects.filter(
            session_key__in={grant.sign_in for grant in grants}, expire_date__gt=timezone.now()
        ).values_list("session_key", flat=True)
    )
    lab_sessions = {
        pk: (learner_id, state, generation)
        for pk, learner_id, state, generation in LabSession.objects.filter(
            pk__in={grant.lab_session for grant in grants if grant.lab_session}
        ).values_list("pk", "learner_id", "state", "generation")
    }
    consents = _standing_consents({grant.assistance for grant in grants if grant.assistance})
    classes = _taught_classes({(grant.user_id, grant.cohort) for grant in grants if grant.cohort is not None})
    revoked: dict[Grant, CloseCode] = {}
    for grant in grants:
        code: CloseCode | None = None
        if people.get(grant.user_id) != grant.password or grant.sign_in not in sign_ins:
            code = CloseCode.SIGNED_OUT
        elif grant.lab_session:
            code = _judge_lab_session(grant, lab_sessions.get(grant.lab_session), consents)
        elif grant.cohort is not None and (grant.user_id, grant.cohort) not in classes:
            code = CloseCode.NOT_FOUND
        if code:
            revoked[grant] = code
    return revoked


def _standing_consents(wanted: Collection[uuid.UUID]) -> dict[uuid.UUID, tuple[int, uuid.UUID]]:
    """Return whom the consents that hold let into which lab session. Asks nothing where nobody helps."""
    if not wanted:
        return {}
    rows = Assistance.objects.standing(timezone.now()).filter(pk__in=wanted)
    return {pk: (by, session) for pk, by, session in rows.values_list("pk", "by_id", "lab_session_id")}


def _taught_classes(wanted: Collection[tuple[int, int]]) -> set[tuple[int, int]]:
    """Return which of these people still teach in which of these classes; one query for each person who watches one."""
    people = User.objects.in_bulk({user_id for user_id, _cohort in wanted})
    return {
        (user.pk, cohort)
        for user in people.values()
        for cohort in Cohort.objects.seen_by(user)
        .filter(pk__in={cohort for user_id, cohort in wanted if user_id == user.pk})
        .values_list("pk", flat=True)
    }


def _judge_lab_session(
    grant: Grant, row: tuple[int, str, int] | None, consents: dict[uuid.UUID, tuple[int, uuid.UUID]]
) -> CloseCode | None:
    if row is None:
        return CloseCode.NOT_FOUND
    learner_id, state, generation = row
    if learner_id != grant.user_id and grant.assistance is None:
        return CloseCode.NOT_FOUND
    if state not in LIVE:
        return CloseCode.ENDED
    if state != State.READY or generation != grant.generation:
        return CloseCode.RESET
    if grant.assistance and consents.get(grant.assistance) != (grant.user_id, grant.lab_session):
        return CloseCode.HELP_OVER
    return None


class Ticket:
    """One open socket. `revoked` is done, with the code to close with, once its grant no longer holds."""

    def __init__(self, grant: Grant) -> None:
        self.grant = grant
        self.revoked: asyncio.Future[CloseCode] = asyncio.get_running_loop().create_future()


class Watch:
    """All open sockets of this process, and the one loop that asks about them."""

    def __init__(
        self,
        ask: Callable[[Collection[Grant]], Awaitable[dict[Grant, CloseCode]]] = find_revoked,
        every: float = ASK_SECONDS,
        *,
        per_person: int = MAX_SOCKETS_PER_PERSON,
        per_lab_session: int = MAX_SOCKETS_PER_LAB_SESSION,
        name: str = "",
    ) -> None:
        """`name`: of what goes through it, where it is to be counted with all open sockets of the process."""
        self._ask = ask
        self._every = every
        self.per_person = per_person
        self.per_lab_session = per_lab_session
        self._tickets: set[Ticket] = set()
        self._loop: asyncio.Task[None] | None = None
        if name:
            _named[name] = self

    @property
    def grants(self) -> list[Grant]:
        """What the open sockets were opened on."""
        return [ticket.grant for ticket in tuple(self._tickets)]

    def admit(self, grant: Grant) -> Ticket:
        """Count a person's socket in; every ticket must be given back with `leave`.

        Raises:
            Refused: if this person has too many sockets in this process.
        """
        if sum(ticket.grant.user_id == grant.user_id for ticket in self._tickets) >= self.per_person:
            raise Refused(CloseCode.TOO_MANY)
        ticket = Ticket(grant)
        self._tickets.add(ticket)
        if self._loop is None or self._loop.done():
            self._loop = asyncio.create_task(self._run())
        return ticket

    def bind(
        self, ticket: Ticket, lab_session: uuid.UUID, generation: int, assistance: uuid.UUID | None = None
    ) -> None:
        """Make the ticket's right depend on a lab session, too: that it is live, theirs, and of this generation.

        Of somebody else's it depends on `assistance`, the learner's consent.

        Raises:
            Refused: if this lab session has too many sockets in this process.
        """
        if sum(other.grant.lab_session == lab_session for other in self._tickets) >= self.per_lab_session:
            raise Refused(CloseCode.TOO_MANY)
        ticket.grant = replace(ticket.grant, lab_session=lab_session, generation=generation, assistance=assistance)

    def leave(self, ticket: Ticket) -> None:
        """Count a socket out. The loop ends with the last one."""
        self._tickets.discard(ticket)
        ticket.revoked.cancel()
        if not self._tickets and self._loop:
            self._loop.cancel()
            self._loop = None

    async def _run(self) -> None:
        while True:
            await asyncio.sleep(self._every)
            try:
                revoked = await self._ask({ticket.grant for ticket in self._tickets})
            except Exception:  # Whatever the database does, terminals that are open go on.
                logger.warning("The database does not say who may keep a terminal; asking again.", exc_info=True)
                continue
            for ticket in self._tickets:
                code = revoked.get(ticket.grant)
                if code and not ticket.revoked.done():
                    ticket.revoked.set_result(code)


async def until_revoked(ticket: Ticket, work: Coroutine[Any, Any, None]) -> None:
    """Do `work` as long as the ticket's grant holds.

    Raises:
        Refused: with the reason, once it does not.
    """
    task = asyncio.create_task(work)
    ends: set[asyncio.Future[Any]] = {task, ticket.revoked}
    try:
        await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
        if not task.done():
            raise Refused(ticket.revoked.result())
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    await task


# By name, those whose sockets are counted.
_named: dict[str, Watch] = {}


def open_sockets() -> dict[str, int]:
    """How many sockets this process has open, by what they are for."""
    counted = {name: len(each.grants) for name, each in _named.items()}
    notices = sum(grant.lab_session is None for grant in watch.grants)
    return {**counted, "terminal": counted["terminal"] - notices, "notices": notices}


watch = Watch(name="terminal")
