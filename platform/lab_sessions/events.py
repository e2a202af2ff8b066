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


@dataclass
class _Silence:
    """Until when this process sends nothing, by the monotonic clock. A race of threads for it costs one more wait."""

    until: float = 0.0


_silent = _Silence()

Message = tuple[Callable[[], Any], str]
Application = Callable[..., Awaitable[None]]

# What the request that is being answered has to send; None where nobody waits for an answer.
_held: ContextVar[list[Message] | None] = ContextVar("messages held until the response has gone", default=None)


def answering_first(pages: Application) -> Application:
    """Wrap an ASGI application so that its messages leave when the response has: Redis is not on the learner's way."""

    async def answer(*call: Any) -> None:
        messages: list[Message] = []
        token = _held.set(messages)
        try:
            await pages(*call)
        finally:
            _held.reset(token)
            if messages:
                await sync_to_async(_send_all, thread_sensitive=False)(messages)

    return answer


def _send_all(messages: list[Message]) -> None:
    for send, what in messages:
        _quietly(send, what)


def group_of(learner_id: int) -> str:
    """Return the channel group of one person's notices. Hashed, so that no input of a user ever becomes a name."""
    return hashlib.sha256(f"{settings.SECRET_KEY}:learner:{learner_id}".encode()).hexdigest()[:40]


def publish(learner_id: int, kind: str, **ids: str) -> None:
    """Tell a person's open pages, once the transaction is committed, that something changed."""
    transaction.on_commit(lambda: _post(lambda: async_to_sync(_send)(learner_id, {"kind": kind, **ids}), kind))


def wake(task: Task[..., Any], *args: str | int, countdown: float | None = None) -> None:
    """Ask a worker to run `task`, once the transaction is committed: at once, or after `countdown` seconds."""
    when: dict[str, Any] = {"expires": WAKE_LASTS}
    if countdown is not None:
        when = {"countdown": countdown, "expires": countdown + WAKE_LASTS}
    transaction.on_commit(lambda: _post(lambda: task.apply_async(args=args, retry=False, **when), task.name))


async def _send(learner_id: int, notice: dict[str, str]) -> None:
    layer = get_channel_layer()
    message = {"type": "notice", "notice": notice}
    await asyncio.wait_for(layer.group_send(group_of(learner_id), message), PUBLISH_TIMEOUT)


def _post(send: Callable[[], Any], what: str) -> None:
    held = _held.get()
    if held is None:
        _quietly(send, what)
    else:
        held.append((send, what))


def _quietly(send: Callable[[], Any], what: str) -> None:
    if time.monotonic() < _silent.until:
        return
    try:
        send()
    except Exception as error:  # whatever the broker's client raises: losing a message must never lose the action
        _silent.until = time.monotonic() + SILENCE
        logger.warning(
            "Redis did not take %s (%s); the reconciler and the page's own polling make up for it.",
            what,
            type(error).__name__,
        )
