"""The ASGI callable behind `/ws/terminal/<lab session>/<name>/`.

A plain callable and not a Channels consumer: a consumer costs twice the time per keystroke, and its channel layer
would close terminals whenever Redis goes away. It runs inside Channels' router, behind the origin check and the
authentication.
"""

import asyncio
import time
import uuid
from collections.abc import Awaitable, Callable
from typing import Any

from channels.db import database_sync_to_async

from accounts.models import User
from audit.context import note
from grading.actions import request_ticks
from lab_sessions.actions import record_activity
from terminal import access
from terminal.access import Target
from terminal.activity import Activity
from terminal.closing import CloseCode, Refused
from terminal.revocation import Grant, Watch, until_revoked, watch
from terminal.serving import serve
from terminal.sockets import Receive, Scope, Send, Socket

# A warm start is waited for on the open socket, so that the prompt needs no second handshake. A cold one is the
# page's business.
PATIENCE = 5.0  # seconds
FIRST_PAUSE = 0.005  # seconds between two looks at the session, doubling
LAST_PAUSE = 0.1  # seconds

Locate = Callable[[User, uuid.UUID, str], Awaitable[Target]]


class TerminalEndpoint:
    """Serves one WebSocket per call."""

    def __init__(self, locate: Locate = access.locate, sockets: Watch = watch) -> None:
        self._locate = locate
        self._sockets = sockets

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Accept, and close with a code when the browser may not have what it asks for, or not any more.

        The handshake is accepted before anything is refused, because a browser cannot see why a handshake failed.
        """
        socket = Socket(receive, send)
        if not await socket.accept():
            return
        try:
            await self._serve(scope, socket)
        except Refused as refusal:
            await socket.close(refusal.code)
        except OSError:
            pass  # The browser went away in the middle of a frame. It will come back.

    async def _serve(self, scope: Scope, socket: Socket) -> None:
        user = scope["user"]
        if not user.is_authenticated:
            raise Refused(CloseCode.SIGNED_OUT)
        # Counted before anything is looked up: whoever opens sockets without end must not make the database busy.
        ticket = self._sockets.admit(Grant(user.pk, user.password, scope["session"].session_key))
        wanted: dict[str, Any] = scope["url_route"]["kwargs"]
        note(user=user.pk, session=wanted["session_id"], route="ws/terminal")
        try:
            target = await self._locate_when_ready(user, wanted["session_id"], wanted["name"])
            consent = target.assistance.pk if target.assistance else None
            self._sockets.bind(ticket, target.session.pk, target.session.generation, consent)
            await until_revoked(ticket, _look_on(socket, target) if target.read_only else _work(socket, target))
        finally:
            self._sockets.leave(ticket)

    async def _locate_when_ready(self, user: User, session_id: uuid.UUID, name: str) -> Target:
        """Locate the terminal, waiting a little for a lab that is starting: a warm one takes milliseconds."""
        end = time.monotonic() + PATIENCE
        pause = FIRST_PAUSE
        while True:
            try:
                return await self._locate(user, session_id, name)
            except Refused as refusal:
                if refusal.code != CloseCode.NOT_READY or time.monotonic() > end:
                    raise
            await asyncio.sleep(pause)
            pause = min(2 * pause, LAST_PAUSE)


async def _look_on(socket: Socket, target: Target) -> None:
    """Serve somebody who watches: what they sent would be refused, and that they watch keeps no lab alive."""
    await serve(socket, target.terminal, on_input=lambda _data: None, read_only=True)


async def _work(socket: Socket, target: Target) -> None:
    activity = Activity(
        present=lambda: database_sync_to_async(record_activity)(session=target.session),
        command=lambda: _look_for_done(target),
    )
    try:
        await serve(socket, target.terminal, on_input=activity.note)
    finally:
        await activity.close()


async def _look_for_done(target: Target) -> None:
    """Ask for automatic checks after a command of the learner's own: what a helper types passes nothing for them."""
    if target.assistance is None:
        await database_sync_to_async(request_ticks)(session=target.session)
