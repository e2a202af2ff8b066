"""Fixtures of the abuse cases, by their ids in SECURITY.md. What is asked of the site alone needs none of these."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest
from django.conf import settings

from sandboxes.engine import runtime
from sandboxes.environment import Environment
from sandboxes.lifecycle import make_sandbox
from sandboxes.limits import MIB, Limits
from sandboxes.models import Sandbox
from sandboxes.runtimes.base import RuntimeFault
from tests.abuse.harness import Range, Subject, firing_range
from tests.abuse.inner import EngineSubject, engine_sandbox


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


@pytest.fixture
def lesson_sandbox(settings: Any) -> Iterator[Sandbox]:
    """A sandbox as lessons have it, with a row of its own, under an instance of its own."""
    if not (settings.MUELLE_ENGINE_URL and settings.MUELLE_AGENT_VOLUME and settings.MUELLE_IMAGES):
        pytest.skip("no engine, agent or lab image: `make setup` prepares them")
    settings.MUELLE_RUNTIME = "docker"
    settings.MUELLE_INSTANCE = f"{time.time_ns() & 0xFFFFFFFF:08x}"
    environment = Environment(
        image=settings.MUELLE_IMAGES["standard"], limits=Limits(memory_bytes=128 * MIB, disk_bytes=4 * MIB)
    )
    yield make_sandbox(environment, seed="5eed", values={})
    for left in runtime().list():
        with suppress(RuntimeFault):
            runtime().destroy(left.name)
    runtime().close()  # type: ignore[attr-defined]


@pytest.fixture(scope="session")
def engine_image() -> str:
    """The image of sandboxes with a Docker of their own."""
    proved = (settings.MUELLE_ENGINE_QUOTA, settings.MUELLE_ENGINE_TUN, settings.MUELLE_LAB_NETWORKS)
    if not all(proved) or "engine" not in settings.MUELLE_IMAGES:
        pytest.skip("this machine has no labs with a Docker of their own: set-up says why")
    return str(settings.MUELLE_IMAGES["engine"])


@pytest.fixture(scope="module")
def engine_box(range_: Range, engine_image: str) -> Iterator[EngineSubject]:
    """A sandbox with a Docker of its own that is up, one for all tests of a file."""
    with engine_sandbox(range_, engine_image) as made:
        yield made
