"""How many sockets one address may open."""

from typing import Any

import pytest

from accounts.throttling import SOCKETS
from terminal.ceiling import address_of, below_ceiling

EXTENSIONS = {"websocket.http.response": {}}


def scope(client: str = "203.0.113.9", *, extensions: Any = None, forwarded: str = "") -> dict[str, Any]:
    headers = [(b"x-forwarded-for", forwarded.encode())] if forwarded else []
    return {"type": "websocket", "client": (client, 4711), "headers": headers, "extensions": extensions}


async def knock(wanted: dict[str, Any]) -> list[dict[str, Any]]:
    """Return what is sent to somebody who opens a socket."""
    sent: list[dict[str, Any]] = []

    async def application(_scope: Any, _receive: Any, send: Any) -> None:
        await send({"type": "websocket.accept"})

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    await below_ceiling(application)(wanted, None, send)
    return sent


async def test_a_school_behind_one_address_gets_in() -> None:
    for _socket in range(SOCKETS.burst):
        assert await knock(scope()) == [{"type": "websocket.accept"}]


@pytest.mark.abuse
@pytest.mark.usefixtures("_ceilings_stand_still")
async def test_a_flood_is_refused_with_429_and_when_to_come_back() -> None:
    for _socket in range(SOCKETS.burst):
        await knock(scope(extensions=EXTENSIONS))

    start, body = await knock(scope(extensions=EXTENSIONS))

    assert start["type"] == "websocket.http.response.start"
    assert start["status"] == 429
    assert (b"retry-after", b"1") in start["headers"]
    assert body["type"] == "websocket.http.response.body"
    assert await knock(scope("198.51.100.1")) == [{"type": "websocket.accept"}]


@pytest.mark.abuse
@pytest.mark.usefixtures("_ceilings_stand_still")
async def test_servers_that_cannot_say_429_refuse_all_the_same() -> None:
    for _socket in range(SOCKETS.burst):
        await knock(scope())

    assert await knock(scope()) == [{"type": "websocket.close"}]


def test_a_header_is_believed_from_our_own_proxies_only(settings) -> None:
    assert address_of(scope("10.0.0.1", forwarded="198.51.100.1")) == "10.0.0.1"

    settings.MUELLE_TRUSTED_PROXIES = ["10.0.0.0/8"]

    assert address_of(scope("10.0.0.1", forwarded="198.51.100.1")) == "198.51.100.1"
