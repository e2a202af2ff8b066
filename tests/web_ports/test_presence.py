"""What counts as somebody being there."""

import asyncio

import pytest

from lab_sessions.models import LabSession
from web_ports import presence


@pytest.fixture
def told(monkeypatch) -> list[str]:
    told: list[str] = []
    monkeypatch.setattr(presence, "record_activity", lambda session: told.append("activity"))
    monkeypatch.setattr(presence, "request_ticks", lambda session: told.append("ticks"))
    return told


async def settle() -> None:
    await asyncio.gather(*presence._telling)


@pytest.mark.django_db(transaction=True)
async def test_a_click_counts(told: list[str]) -> None:
    presence.note({"headers": [(b"sec-fetch-user", b"?1")]}, LabSession())
    await settle()

    assert told == ["activity", "ticks"]


@pytest.mark.parametrize("headers", [[], [(b"sec-fetch-user", b"?0")], [(b"sec-fetch-mode", b"navigate")]])
async def test_what_a_page_does_by_itself_does_not(told: list[str], headers) -> None:
    presence.note({"headers": headers}, LabSession())
    await settle()

    assert told == []


@pytest.mark.django_db(transaction=True)
async def test_a_database_that_is_away_is_not_noticed(monkeypatch, caplog) -> None:
    def fail(session: LabSession) -> None:
        raise OSError

    monkeypatch.setattr(presence, "record_activity", fail)

    presence.note({"headers": [(b"sec-fetch-user", b"?1")]}, LabSession())
    await settle()

    assert "could not be noted" in caplog.text
