import asyncio
import json

import pytest
from channels.db import database_sync_to_async
from channels.layers import get_channel_layer
from django.contrib.sessions.models import Session
from redis.exceptions import ConnectionError as RedisAway

from lab_sessions import events
from terminal import notices, revocation
from terminal.closing import CloseCode
from tests.terminal.sites import browse, sign_in

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _hurry(monkeypatch):
    monkeypatch.setattr(revocation.watch, "_every", 0.05)


async def test_a_person_hears_what_is_published_for_them_and_nothing_else(alice, bob) -> None:
    hers, his = browse("/ws/notices/", await sign_in(alice)), browse("/ws/notices/", await sign_in(bob))
    assert await hers.connect()
    assert await his.connect()
    await asyncio.sleep(0.05)

    await database_sync_to_async(events.publish)(alice.pk, "session", session="17")

    notice = await hers.receive()
    assert json.loads(notice["text"]) == {"kind": "session", "session": "17"}
    assert await his.receive_nothing(0.1)
    await hers.leave()
    await his.leave()
    assert revocation.watch._tickets == set()


async def test_the_socket_opens_once_it_is_listened_for(alice, monkeypatch) -> None:
    """A page looks when its socket opens, and not again for half a minute."""

    async def slowly(*_: object) -> None:
        await asyncio.sleep(0.2)

    monkeypatch.setattr(notices.roll, "enter", slowly)
    browser = browse("/ws/notices/", await sign_in(alice))
    assert await browser.connect()

    await database_sync_to_async(events.publish)(alice.pk, "session", session="17")

    assert json.loads((await browser.receive())["text"])["session"] == "17"
    await browser.leave()


async def test_a_redis_that_does_not_answer_holds_no_handshake(alice, monkeypatch) -> None:
    async def never(*_: object) -> None:
        await asyncio.Event().wait()

    monkeypatch.setattr(type(get_channel_layer()), "group_add", never)
    monkeypatch.setattr(notices, "LISTEN_TIMEOUT", 0.05)
    browser = browse("/ws/notices/", await sign_in(alice))
    assert await browser.connect()

    assert await browser.close_code() == CloseCode.TRY_AGAIN


@pytest.mark.abuse
async def test_signing_out_closes_the_socket(alice) -> None:
    browser = browse("/ws/notices/", await sign_in(alice))
    assert await browser.connect()

    await Session.objects.all().adelete()

    assert await browser.close_code() == CloseCode.SIGNED_OUT
    await browser.leave()


async def test_too_many_sockets_are_refused(alice, monkeypatch) -> None:
    monkeypatch.setattr(revocation.watch, "per_person", 0)
    browser = browse("/ws/notices/", await sign_in(alice))
    assert await browser.connect()

    assert await browser.close_code() == CloseCode.TOO_MANY
    await browser.leave()


async def test_without_redis_the_page_is_told_to_come_back(alice, monkeypatch, caplog) -> None:
    async def away(*_: object) -> None:
        raise RedisAway("no")

    monkeypatch.setattr(type(get_channel_layer()), "group_add", away)
    browser = browse("/ws/notices/", await sign_in(alice))
    assert await browser.connect()

    assert await browser.close_code() == CloseCode.TRY_AGAIN
    assert "Redis does not answer" in caplog.text
    assert revocation.watch._tickets == set()


async def test_what_a_browser_sends_is_ignored(alice) -> None:
    browser = browse("/ws/notices/", await sign_in(alice))
    assert await browser.connect()

    await browser.send(b"anything")

    assert await browser.receive_nothing(0.05)
    await browser.leave()
