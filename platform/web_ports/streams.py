"""How many streams a lab session may have at a time, and when they end."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Final

from terminal.closing import CloseCode, Refused
from terminal.revocation import Grant, Ticket, Watch
from web_ports.limits import STREAMS_PER_LAB_SESSION, STREAMS_PER_PERSON, TURN_SECONDS
from web_ports.refusals import NotShown, Reason

_PAUSE: Final = 0.02  # seconds between two looks for a free place

# Why a grant does not hold (any more), in this door's words.
REASONS: Final = {
    CloseCode.SIGNED_OUT: Reason.SIGNED_OUT,
    CloseCode.ENDED: Reason.SESSION_OVER,
    CloseCode.RESET: Reason.NOT_READY,
    CloseCode.NOT_FOUND: Reason.NOT_ADMITTED,
    CloseCode.TOO_MANY: Reason.TOO_MANY,
}

streams = Watch(per_person=STREAMS_PER_PERSON, per_lab_session=STREAMS_PER_LAB_SESSION, name="web_port")


@asynccontextmanager
async def take_stream(watch: Watch, grant: Grant, seconds: float = TURN_SECONDS) -> AsyncIterator[Ticket]:
    """Hold one of the lab session's streams, and wait for it if others have them all.

    Raises:
        NotShown: TOO_MANY if none was given back in time.
    """
    ticket = await _wait_for_place(watch, grant, seconds)
    try:
        yield ticket
    finally:
        watch.leave(ticket)


async def _wait_for_place(watch: Watch, grant: Grant, seconds: float) -> Ticket:
    end = time.monotonic() + seconds
    while True:
        try:
            return _try(watch, grant)
        except Refused as refusal:
            if time.monotonic() > end:
                raise NotShown(Reason.TOO_MANY) from refusal
        await asyncio.sleep(_PAUSE)


def _try(watch: Watch, grant: Grant) -> Ticket:
    if grant.lab_session is None:
        raise ValueError("a stream belongs to a lab session")
    ticket = watch.admit(replace(grant, lab_session=None))
    try:
        watch.bind(ticket, grant.lab_session, grant.generation)
    except Refused:
        watch.leave(ticket)
        raise
    return ticket
