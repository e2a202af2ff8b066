"""What leaves the database after a commit: notices to pages, wake-ups to workers.

Neither is ever the truth. A notice says only that something changed, and the page reads it again; a wake-up that is
lost is made up for by the reconciler. So a dead Redis costs a log line here, never an exception and never a long wait;
and who pressed a button gets the answer first, before anybody is told of it.
"""

import asyncio
import hashlib
import logging
import time
from collections.abc import Awaitable, Callable
from contextvars import ContextVar
from dataclasses import dataclass
from functools import partial
from typing import Any

from asgiref.sync import async_to_sync, sync_to_async
from celery import Task
from channels.layers import get_channel_layer
from django.conf import settings
from django.db import transaction

logger = logging.getLogger(__name__)

PUBLISH_TIMEOUT = 1.0  # seconds; a frozen Redis must not hold a request
# After a failure nothing is sent for so many seconds: a request with several messages must not wait for each of them.
SILENCE = 3.0
# Seconds after which a wake-up that no worker took is worth nothing: the reconciler sends a new one every round, and
# without an end to them a worker that was away for a night would come back to tens of thousands.
WAKE_LASTS = 60.0
LEISURE = 0.2  # seconds; as long as a terminal takes to attach on a busy machine


@dataclass
class _Silence:
    """Until when this process sends nothing, by the monotonic clock. A race of threads for it costs one more wait."""

    until: float = 0.0


_silent = _Silence()

Application = Callable[..., Awaitable[None]]


@dataclass(frozen=True)
class Message:
    """Something to send, and what it is for the log."""

    send: Callable[[], Any]
    what: str
    urgent: bool = False
    """Whether somebody waits for what it sets going."""


# What the request that is being answered has to send; None where nobody waits for an answer.
_held: ContextVar[list[Message] | None] = ContextVar("messages held until the response has gone", default=None)


def answering_first(pages: Application) -> Application:
    """Wrap an ASGI application so that its messages leave when the response has: Redis is not on the learner's way.

    What nobody waits for leaves a little later still, since the page that got the response comes back at once for more.
    """

    async def answer(*call: Any) -> None:
        messages: list[Message] = []
        token = _held.set(messages)
        try:
            await pages(*call)
        finally:
            _held.reset(token)
            await _send_all([message for message in messages if message.urgent])
            leisurely = [message for message in messages if not message.urgent]
            if leisurely:
                await asyncio.sleep(LEISURE)
                await _send_all(leisurely)

    return answer


async def _send_all(messages: list[Message]) -> None:
    for message in messages:
        await sync_to_async(_quietly, thread_sensitive=False)(message)


def group_of(learner_id: int) -> str:
    """Return the channel group of one person's notices. Hashed, so that no input of a user ever becomes a name."""
    return hashlib.sha256(f"{settings.SECRET_KEY}:learner:{learner_id}".encode()).hexdigest()[:40]


def publish(learner_id: int, kind: str, **ids: str) -> None:
    """Tell a person's open pages, once the transaction is committed, that something changed."""
    notice = Message(lambda: async_to_sync(_send)(learner_id, {"kind": kind, **ids}), kind)
    transaction.on_commit(lambda: _post(notice))


def wake(task: Task[..., Any], *args: str | int, countdown: float | None = None) -> None:
    """Ask a worker to run `task`, once the transaction is committed: at once, or after `countdown` seconds."""
    when: dict[str, Any] = {"expires": WAKE_LASTS}
    if countdown is not None:
        when = {"countdown": countdown, "expires": countdown + WAKE_LASTS}
    send = partial(task.apply_async, args=args, retry=False, **when)
    transaction.on_commit(lambda: _post(Message(send, task.name, urgent=countdown is None)))


async def _send(learner_id: int, notice: dict[str, str]) -> None:
    layer = get_channel_layer()
    message = {"type": "notice", "notice": notice}
    await asyncio.wait_for(layer.group_send(group_of(learner_id), message), PUBLISH_TIMEOUT)


def _post(message: Message) -> None:
    held = _held.get()
    if held is None:
        _quietly(message)
    else:
        held.append(message)


def _quietly(message: Message) -> None:
    if time.monotonic() < _silent.until:
        return
    try:
        message.send()
    except Exception as error:  # whatever the broker's client raises: losing a message must never lose the action
        _silent.until = time.monotonic() + SILENCE
        logger.warning(
            "Redis did not take %s (%s); the reconciler and the page's own polling make up for it.",
            message.what,
            type(error).__name__,
        )
