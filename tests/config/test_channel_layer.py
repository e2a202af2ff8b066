import asyncio

from channels_redis.core import RedisChannelLayer

from config.channel_layer import ChannelLayer


async def test_what_was_taken_for_others_when_a_socket_closed_is_put_back(monkeypatch) -> None:
    handed_over = asyncio.Event()
    sent: list[tuple[str, dict[str, str]]] = []

    async def take(_self: RedisChannelLayer, _channel: str):
        await handed_over.wait()
        return ["specific.x!one", "specific.x!two"], {"type": "notice"}

    async def send(_self: RedisChannelLayer, channel: str, message: dict[str, str]) -> None:
        sent.append((channel, message))

    monkeypatch.setattr(RedisChannelLayer, "receive_single", take)
    monkeypatch.setattr(RedisChannelLayer, "send", send)
    layer = ChannelLayer()

    closing = asyncio.create_task(layer.receive_single("specific.x!"))
    await asyncio.sleep(0.01)
    closing.cancel()
    await asyncio.gather(closing, return_exceptions=True)
    handed_over.set()
    await asyncio.sleep(0.01)

    assert closing.cancelled()
    assert sent == [("specific.x!one", {"type": "notice"}), ("specific.x!two", {"type": "notice"})]


async def test_a_redis_that_goes_away_meanwhile_is_nobodys_error(monkeypatch, caplog) -> None:
    async def take(_self: RedisChannelLayer, _channel: str):
        await asyncio.sleep(0.01)
        raise ConnectionError("Redis is away.")

    monkeypatch.setattr(RedisChannelLayer, "receive_single", take)
    layer = ChannelLayer()

    closing = asyncio.create_task(layer.receive_single("specific.x!"))
    await asyncio.sleep(0)
    closing.cancel()
    await asyncio.gather(closing, return_exceptions=True)
    await asyncio.sleep(0.05)

    assert caplog.text == ""
