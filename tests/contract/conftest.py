"""Fixtures of the contract suites: each runs on the fake and on the real thing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.contract.worlds import World, docker_world, fake_world


@pytest.fixture(params=["fake", pytest.param("docker", marks=pytest.mark.docker)])
def world(request: pytest.FixtureRequest, settings: Any, tmp_path: Path) -> Iterator[World]:
    """An engine to test a runtime on."""
    run_directory = Path(settings.MUELLE_RUN_DIR)
    if request.param == "fake":
        with fake_world(run_directory) as made:
            yield made
        return
    if not (settings.MUELLE_ENGINE_URL and settings.MUELLE_AGENT_VOLUME and settings.MUELLE_IMAGES):
        pytest.skip("no engine, agent or lab image: `make setup` prepares them")
    with docker_world(
        run_directory,
        engine_url=settings.MUELLE_ENGINE_URL,
        agent_volume=settings.MUELLE_AGENT_VOLUME,
        images=settings.MUELLE_IMAGES,
    ) as made:
        yield made
