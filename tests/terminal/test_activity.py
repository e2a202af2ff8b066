import asyncio
import logging

import pytest

from terminal import activity
from terminal.activity import Activity


class Teller:
    """Counts what it is told; raises `error` when a test sets it."""

    def __init__(self) -> None:
        self.told = 0
        self.error: Exception | None = None

    async def __call__(self) -> None:
        self.told += 1
        if self.error:
            raise self.error


@pytest.fixture
def teller(monkeypatch: pytest.MonkeyPatch) -> Teller:
    monkeypatch.setattr(activity, "QUIET_SECONDS", 0.05)
    return Teller()


async def test_the_first_keystroke_is_told_at_once(teller: Teller) -> None:
    noted = Activity(teller)

    noted.note(b"l")
    await asyncio.sleep(0.01)

    assert teller.told == 1
    await noted.close()


async def test_many_keystrokes_are_told_once_and_once_more_at_the_end(teller: Teller) -> None:
    noted = Activity(teller)

    for _ in range(100):
        noted.note(b"l")
        await asyncio.sleep(0)
    await asyncio.sleep(0.2)

    assert teller.told == 2
    await noted.close()


async def test_a_later_keystroke_is_told_again(teller: Teller) -> None:
    noted = Activity(teller)
    noted.note()
    await asyncio.sleep(0.2)

    noted.note()
    await asyncio.sleep(0.01)

    assert teller.told == 2
    await noted.close()


async def test_what_was_typed_last_is_told_when_the_viewer_leaves(teller: Teller) -> None:
    noted = Activity(teller)
    noted.note()
    await asyncio.sleep(0.01)
    noted.note()

    await noted.close()

    assert teller.told == 2


async def test_without_keystrokes_nothing_is_told(teller: Teller) -> None:
    await Activity(teller).close()

    assert teller.told == 0


async def test_a_database_that_is_away_does_not_disturb(teller: Teller, caplog: pytest.LogCaptureFixture) -> None:
    teller.error = ConnectionError("down")
    noted = Activity(teller)

    with caplog.at_level(logging.WARNING):
        noted.note()
        await asyncio.sleep(0.01)

    assert "could not be noted" in caplog.text
    await noted.close()
