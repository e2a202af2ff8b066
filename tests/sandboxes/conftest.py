"""A runtime in memory for everything above the runtimes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from sandboxes.engine import runtime
from sandboxes.environment import Environment
from sandboxes.lifecycle import make_sandbox
from sandboxes.models import Sandbox
from sandboxes.runtimes.fake import FakeEngine, FakeRuntime

ENVIRONMENT = Environment(image="muelle/standard:0123456789ab", setup="touch ready\n", values=[{"name": "port"}])


def a_warm_sandbox() -> Sandbox:
    return make_sandbox(ENVIRONMENT, seed="5eed", values={"port": "8081"})


def names_on_the_engine() -> set[str]:
    return {container.name for container in runtime().list()}


@pytest.fixture
def engine(settings: Any) -> Iterator[FakeEngine]:
    """The engine behind this test's runtime: turn it off, look at what was run, kill a sandbox."""
    settings.MUELLE_RUNTIME = "fake"
    settings.MUELLE_INSTANCE = "0123abcd"
    settings.MUELLE_AGENT_VOLUME = "muelle-agent-0123456789ab"
    made = runtime()
    assert isinstance(made, FakeRuntime)
    yield made.engine
    made.engine.clear()
