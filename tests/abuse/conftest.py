"""Fixtures of the abuse cases (research: SECURITY.md lists them by id). All need a real engine."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.conf import settings

from tests.abuse.harness import Range, Subject, firing_range


@pytest.fixture(scope="session")
def range_(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Range]:
    """An engine to attack sandboxes on."""
    if not (settings.MUELLE_ENGINE_URL and settings.MUELLE_AGENT_VOLUME):
        pytest.skip("no engine or agent: `make setup` prepares them")
    run_directory = tmp_path_factory.mktemp("a")
    with firing_range(
        run_directory, engine_url=settings.MUELLE_ENGINE_URL, agent_volume=settings.MUELLE_AGENT_VOLUME
    ) as made:
        yield made


@pytest.fixture
def sandbox(range_: Range) -> Iterator[Subject]:
    """A sandbox as the platform makes it."""
    with range_.sandbox() as made:
        yield made
