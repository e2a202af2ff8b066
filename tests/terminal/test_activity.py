import asyncio
import logging

import pytest

from terminal import activity
from terminal.activity import Activity, Throttle


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
def teller() -> Teller:
    return Teller()


async def test_the_first_is_told_at_once(teller: Teller) -> None:
    noted = Throttle(teller, 0.05)

    noted.note()
    await asyncio.sleep(0.01)

    assert teller.told == 1
    await noted.close()


async def test_many_are_told_once_and_once_more_at_the_end(teller: Teller) -> None:
    noted = Throttle(teller, 0.05)

    for _ in range(100):
        noted.note()
        await asyncio.sleep(0)
    await asyncio.sleep(0.2)

    assert teller.told == 2
    await noted.close()


async def test_a_later_one_is_told_again(teller: Teller) -> None:
    noted = Throttle(teller, 0.05)
    noted.note()
    await asyncio.sleep(0.2)

    noted.note()
    await asyncio.sleep(0.01)

    assert teller.told == 2
    await noted.close()


async def test_the_last_is_told_when_the_viewer_leaves(teller: Teller) -> None:
    noted = Throttle(teller, 0.05)
    noted.note()
    await asyncio.sleep(0.01)
    noted.note()

    await noted.close()

    assert teller.told == 2


async def test_without_anything_nothing_is_told(teller: Teller) -> None:
    await Throttle(teller, 0.05).close()

    assert teller.told == 0


async def test_a_database_that_is_away_does_not_disturb(teller: Teller, caplog: pytest.LogCaptureFixture) -> None:
    teller.error = ConnectionError("down")
    noted = Throttle(teller, 0.05)

    with caplog.at_level(logging.WARNING):
        noted.note()
        await asyncio.sleep(0.01)

    assert "could not be noted" in caplog.text
    await noted.close()


@pytest.mark.parametrize(
    ("typed", "commands"), [(b"ls", 0), (b"\x1b[A", 0), (b"ls\r", 1), (b"\x03", 1), (b"\x04", 1), (b"one\ntwo\n", 1)]
)
async def test_only_what_does_something_asks_for_checks(typed: bytes, commands: int) -> None:
    present, command = Teller(), Teller()
    noted = Activity(present=present, command=command)

    noted.note(typed)
    await asyncio.sleep(0.01)

    assert (present.told, command.told) == (1, commands)
    await noted.close()


async def test_a_command_asks_for_checks_soon_although_presence_was_noted_just_now(monkeypatch) -> None:
    monkeypatch.setattr(activity, "COMMAND_SECONDS", 0.02)
    present, command = Teller(), Teller()
    noted = Activity(present=present, command=command)
    noted.note(b"ls\r")
    await asyncio.sleep(0.01)

    noted.note(b"touch note\r")
    await asyncio.sleep(0.1)

    assert (present.told, command.told) == (1, 2)
    await noted.close()
