"""Streams of a lab session: bounded, and ended with the right to them."""

import asyncio
import uuid

import pytest

from terminal.closing import CloseCode, Refused
from terminal.revocation import Grant, Watch, until_revoked
from web_ports.refusals import NotShown, Reason
from web_ports.streams import REASONS, take_stream

GRANT = Grant(1, "hash", "key", uuid.UUID(int=1), 1)


async def nobody(_grants) -> dict:
    return {}


async def test_a_place_is_given_back() -> None:
    watch = Watch(nobody, per_lab_session=1)

    for _ in range(3):
        async with take_stream(watch, GRANT, seconds=0):
            pass


async def test_who_comes_later_waits() -> None:
    watch = Watch(nobody, per_lab_session=1)
    order: list[str] = []

    async def late() -> None:
        async with take_stream(watch, GRANT):
            order.append("late")

    async with take_stream(watch, GRANT):
        task = asyncio.create_task(late())
        await asyncio.sleep(0.1)
        order.append("early")
    await task

    assert order == ["early", "late"]


@pytest.mark.parametrize("limits", [{"per_lab_session": 1}, {"per_person": 1}])
async def test_who_waits_too_long_is_refused(limits: dict[str, int]) -> None:
    watch = Watch(nobody, **limits)

    async with take_stream(watch, GRANT):
        with pytest.raises(NotShown) as refused:
            async with take_stream(watch, GRANT, seconds=0.05):
                pass

    assert refused.value.reason == Reason.TOO_MANY


@pytest.mark.parametrize("code", [CloseCode.SIGNED_OUT, CloseCode.ENDED, CloseCode.RESET, CloseCode.NOT_FOUND])
async def test_a_stream_ends_with_the_right_to_it(code: CloseCode) -> None:
    async def revoke(grants) -> dict:
        return dict.fromkeys(grants, code)

    watch = Watch(revoke, every=0.01)

    async with take_stream(watch, GRANT) as ticket:
        with pytest.raises(Refused) as refused:
            await asyncio.wait_for(until_revoked(ticket, asyncio.sleep(60)), 5)

    assert refused.value.code == code
    assert code in REASONS
