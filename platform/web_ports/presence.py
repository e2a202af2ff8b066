"""Tells the lab session that somebody uses it: it does not end as idle then, and automatic checks look again."""

import asyncio
import logging

from channels.db import database_sync_to_async

from grading.actions import request_ticks
from lab_sessions.actions import record_activity
from lab_sessions.models import LabSession
from terminal.sockets import Scope
from web_ports.headers import values_of

logger = logging.getLogger(__name__)

_telling: set[asyncio.Task[None]] = set()


def note(scope: Scope, session: LabSession) -> None:
    """Note a request, if a person made it: by a click or the address bar. Never waits and never raises.

    What a page asks for by itself does not count, or a forgotten tab would keep a machine for ever.
    """
    if values_of(scope, b"sec-fetch-user") != ["?1"]:
        return
    task = asyncio.create_task(_tell(session))
    _telling.add(task)
    task.add_done_callback(_telling.discard)


async def _tell(session: LabSession) -> None:
    try:
        await database_sync_to_async(record_activity)(session=session)
        await database_sync_to_async(request_ticks)(session=session)
    except Exception:  # A missed note costs a late tick at worst; the page must not notice.
        logger.warning("The activity of a lab session could not be noted.", exc_info=True)
