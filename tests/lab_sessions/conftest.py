"""Lab sessions are tested on rows; the sandboxes behind them have suites of their own."""

import pytest
from factories import IMAGE, LabFactory


@pytest.fixture(autouse=True)
def _one_image(settings):
    settings.MUELLE_IMAGES = {IMAGE: "muelle/standard:test"}


@pytest.fixture
def lab(db):
    return LabFactory()


@pytest.fixture
def woken(monkeypatch):
    """Collect the wake-ups that actions send instead of asking a broker."""
    from lab_sessions import events

    sent: list[tuple[str, ...]] = []
    monkeypatch.setattr(
        events, "wake", lambda task, *args, **when: sent.append((task.name.rpartition(".")[2], *map(str, args)))
    )
    return sent
