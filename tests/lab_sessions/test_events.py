"""D07: notices reach whom they are for, by groups that no user names, and cost little where Redis is away."""

import asyncio
import logging

import pytest
from channels.layers import get_channel_layer

from lab_sessions import events, tasks


@pytest.fixture(autouse=True)
def _as_if_redis_had_always_answered(monkeypatch):
    monkeypatch.setattr(events, "_silent", events._Silence())


@pytest.fixture
def broken_layer(monkeypatch):
    tries = []

    class Broken:
        async def group_send(self, group, message):
            tries.append(message)
            raise ConnectionError("no Redis")

    monkeypatch.setattr(events, "get_channel_layer", lambda: Broken())
    return tries


async def test_a_notice_reaches_the_learners_group_and_no_other():
    layer = get_channel_layer()
    mine, other = await layer.new_channel(), await layer.new_channel()
    await layer.group_add(events.group_of(1), mine)
    await layer.group_add(events.group_of(2), other)

    await events._send(1, {"kind": "session"})

    assert (await layer.receive(mine))["notice"] == {"kind": "session"}
    assert other not in layer.channels


def test_no_input_of_a_user_becomes_a_group_name():
    assert events.group_of(1) != events.group_of(2)
    assert events.group_of(1).isalnum()


def test_a_dead_redis_costs_a_log_line(db, broken_layer, caplog, django_capture_on_commit_callbacks):
    with caplog.at_level(logging.WARNING), django_capture_on_commit_callbacks(execute=True):
        events.publish(1, "session")

    assert "Redis did not take session" in caplog.text


def test_a_dead_redis_is_waited_for_once_in_a_while(db, broken_layer, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        events.publish(1, "session")
        events.publish(1, "submission")
    assert len(broken_layer) == 1

    events._silent.until -= events.SILENCE  # as if that time had passed
    with django_capture_on_commit_callbacks(execute=True):
        events.publish(1, "session")

    assert len(broken_layer) == 2


@pytest.fixture
def sent(db, monkeypatch):
    messages: list[dict] = []
    monkeypatch.setattr(tasks.provision, "apply_async", lambda **options: messages.append(options))
    return messages


def test_a_wake_up_carries_ids_only_and_does_not_pile_up(sent, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        events.wake(tasks.provision, "an-id")

    assert sent == [{"args": ("an-id",), "retry": False, "expires": events.WAKE_LASTS}]


def test_a_later_wake_up_lasts_from_when_it_is_due(sent, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        events.wake(tasks.provision, "an-id", countdown=20.0)

    assert sent == [{"args": ("an-id",), "retry": False, "countdown": 20.0, "expires": 20.0 + events.WAKE_LASTS}]


async def test_what_a_request_has_to_say_is_said_when_it_was_answered(monkeypatch):
    order = []
    monkeypatch.setattr(events.transaction, "on_commit", lambda send: send())
    monkeypatch.setattr(tasks.provision, "apply_async", lambda **options: order.append("message"))

    async def pages(scope, receive, send):
        await asyncio.to_thread(events.wake, tasks.provision, "an-id")
        await send("response")

    async def send(what):
        order.append(what)

    await events.answering_first(pages)({}, None, send)

    assert order == ["response", "message"]


async def test_who_waits_for_nothing_is_told_last(monkeypatch):
    order = []
    monkeypatch.setattr(events, "LEISURE", 0.01)
    monkeypatch.setattr(events.transaction, "on_commit", lambda send: send())
    monkeypatch.setattr(tasks.warm_up, "apply_async", lambda **options: order.append("refill"))
    monkeypatch.setattr(tasks.provision, "apply_async", lambda **options: order.append("start"))

    async def pages(scope, receive, send):
        events.wake(tasks.warm_up, 1, countdown=1.0)
        events.wake(tasks.provision, "an-id")

    await events.answering_first(pages)({}, None, None)

    assert order == ["start", "refill"]


async def test_what_a_request_had_to_say_is_said_even_if_it_fails_afterwards(monkeypatch):
    order = []
    monkeypatch.setattr(events.transaction, "on_commit", lambda send: send())
    monkeypatch.setattr(tasks.provision, "apply_async", lambda **options: order.append("message"))

    async def pages(scope, receive, send):
        events.wake(tasks.provision, "an-id")
        raise ConnectionError("the browser has gone")

    with pytest.raises(ConnectionError):
        await events.answering_first(pages)({}, None, None)

    assert order == ["message"]
