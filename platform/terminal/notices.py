"""`/ws/notices/`: tells a person's open pages that something changed, so that they read it again.

The only user of the channel layer. A notice carries a kind and ids, never content: losing one costs nothing, since
pages poll as well. When Redis goes away the socket closes with 1013 and the page comes back later.

A page looks when its socket opens and trusts the socket from then on, so the socket opens once it is listened for.
"""

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable
from typing import Any, Final

from channels.generic.websocket import AsyncWebsocketConsumer
from redis.exceptions import RedisError

from audit.context import note
from lab_sessions.events import group_of
from terminal.closing import CloseCode, Refused
from terminal.presence import ARRIVAL, lesson_named, roll
from terminal.revocation import Grant, Ticket, watch
from terminal.sockets import Receive, Scope, Send, Socket

logger = logging.getLogger(__name__)

Application = Callable[[Scope, Receive, Send], Awaitable[None]]
LISTEN_TIMEOUT: Final = 5.0  # seconds that a frozen Redis may hold a handshake


class Notices(AsyncWebsocketConsumer):  # type: ignore[misc]  # Channels has no types.
    """Relays the notices of one person, and shows that they are there. What the browser sends is ignored."""

    _ticket: Ticket | None = None
    _watcher: asyncio.Task[None] | None = None

    async def connect(self) -> None:
        """Accept signed-in people, and join their group."""
        user = self.scope["user"]
        try:
            try:
                await self._admit(user)
            finally:
                await self.accept()  # of who is refused, too: the code of the close says why
            self._watcher = asyncio.create_task(self._close_when_revoked())
            await self.join(user)
        except Refused as refusal:
            self.let_go()
            await self.close(refusal.code)

    async def _admit(self, user: Any) -> None:
        """Raises Refused, and OSError or RedisError where Redis is away."""
        if not user.is_authenticated:
            raise Refused(CloseCode.SIGNED_OUT)
        note(user=user.pk, route=self.scope["path"].strip("/"))
        self._ticket = watch.admit(self.grant(user))
        await asyncio.wait_for(self.listen(user), LISTEN_TIMEOUT)

    def grant(self, user: Any) -> Grant:
        """Return what the socket is opened on."""
        return Grant(user.pk, user.password, self.scope["session"].session_key)

    async def listen(self, user: Any) -> None:
        """Begin to listen for what concerns this person."""
        await self.channel_layer.group_add(group_of(user.pk), self.channel_name)

    async def join(self, user: Any) -> None:
        """Note that this person is there, now that the socket is open."""
        await roll.enter(self, user, lesson_named(self.scope["query_string"]))

    async def disconnect(self, code: int) -> None:
        """Leave the group; the layer forgets it by itself should it be away."""
        self.let_go()
        user = self.scope["user"]
        if user.is_authenticated:
            await self.channel_layer.group_discard(group_of(user.pk), self.channel_name)

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        """Ignore it: notices go one way."""

    async def notice(self, event: dict[str, Any]) -> None:
        """Pass a notice on, as `lab_sessions.events` published it."""
        if event["notice"]["kind"] != ARRIVAL:
            await self.send(json.dumps(event["notice"]))

    def let_go(self) -> None:
        """Give back what this socket holds in the process. May be called twice."""
        if self._watcher:
            self._watcher.cancel()
        if self._ticket:
            watch.leave(self._ticket)
        roll.leave(self)
        self._watcher = self._ticket = None

    async def _close_when_revoked(self) -> None:
        if self._ticket:
            await self.close(await self._ticket.revoked)


def relaying(kind: type[Notices]) -> Application:
    """Return the ASGI callable of one kind: it closes with 1013 instead of a stack trace when Redis is away."""

    async def serve(scope: Scope, receive: Receive, send: Send) -> None:
        consumer = kind()
        try:
            await consumer(scope, receive, send)
        except (OSError, RedisError) as error:
            logger.warning("Notices pause: Redis does not answer (%s).", type(error).__name__)
            await Socket(receive, send).close(CloseCode.TRY_AGAIN)
        finally:
            consumer.let_go()

    return serve


notices = relaying(Notices)
