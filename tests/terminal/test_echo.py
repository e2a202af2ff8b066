"""The echo that anybody may ask for: small, short, and never more than so many."""

import struct
import time

import pytest
from asgiref.testing import ApplicationCommunicator

from terminal.closing import CloseCode
from terminal.echo import MAX_BYTES, MAX_ECHOES, EchoEndpoint


class Visitor(ApplicationCommunicator):
    """A browser's socket, without the browser."""

    async def connect(self) -> None:
        await self.send_input({"type": "websocket.connect"})
        assert (await self.receive_output(2))["type"] == "websocket.accept"

    async def send(self, **message: object) -> None:
        await self.send_input({"type": "websocket.receive", **message})

    async def receive(self) -> bytes:
        answer: bytes = (await self.receive_output(2))["bytes"]
        return answer

    async def disconnect(self) -> None:
        await self.send_input({"type": "websocket.disconnect", "code": 1000})
        await self.wait(2)


def visitor(endpoint: EchoEndpoint, address: str = "10.0.0.7") -> Visitor:
    return Visitor(endpoint, {"type": "websocket", "path": "/ws/echo/", "client": [address, 40000]})


async def closed_with(browser: Visitor) -> int:
    message = await browser.receive_output(2)
    assert message["type"] == "websocket.close"
    return int(message["code"])


async def test_what_comes_is_sent_back_behind_the_time() -> None:
    browser = visitor(EchoEndpoint())
    await browser.connect()

    await browser.send(bytes=b"\x00\x00\x00\x07")
    answer = await browser.receive()

    assert answer[8:] == b"\x00\x00\x00\x07"
    assert abs(struct.unpack("!d", answer[:8])[0] / 1000 - time.time()) < 5
    await browser.disconnect()


@pytest.mark.abuse
async def test_only_so_many_at_once_from_one_address_and_in_all() -> None:
    endpoint = EchoEndpoint(per_address=2, in_all=3)
    first, second = visitor(endpoint), visitor(endpoint)
    third, other = visitor(endpoint), visitor(endpoint, "10.0.0.8")
    for browser in (first, second, third, other):
        await browser.connect()

    assert await closed_with(third) == CloseCode.TOO_MANY
    full = visitor(endpoint, "10.0.0.9")
    await full.connect()
    assert await closed_with(full) == CloseCode.TOO_MANY
    await first.disconnect()
    again = visitor(endpoint)
    await again.connect()
    await again.send(bytes=b"x")
    assert (await again.receive())[8:] == b"x"
    for browser in (second, other, again):
        await browser.disconnect()


@pytest.mark.abuse
async def test_it_ends_by_itself() -> None:
    endpoint = EchoEndpoint(seconds=0.05)
    idle = visitor(endpoint)
    await idle.connect()
    assert await closed_with(idle) == CloseCode.POLICY

    endpoint = EchoEndpoint()
    busy = visitor(endpoint)
    await busy.connect()
    for _ in range(MAX_ECHOES):
        await busy.send(bytes=b"x")
        await busy.receive()
    assert await closed_with(busy) == CloseCode.POLICY


@pytest.mark.abuse
async def test_long_messages_and_text_are_refused() -> None:
    for data, code in (
        ({"bytes": b"x" * (MAX_BYTES + 1)}, CloseCode.TOO_BIG),
        ({"text": "x"}, CloseCode.POLICY),
    ):
        browser = visitor(EchoEndpoint())
        await browser.connect()
        await browser.send(**data)
        assert await closed_with(browser) == code
