"""Which process gets which runtime."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured

from sandboxes.engine import place, runtime
from sandboxes.runtimes.base import EngineUnavailable
from sandboxes.runtimes.docker import DockerRuntime
from sandboxes.runtimes.fake import FakeEngine


def test_place_is_what_the_settings_say(settings: Any) -> None:
    settings.MUELLE_INSTANCE = "89abcdef"
    settings.MUELLE_RUN_DIR = "/run/muelle/89abcdef"

    socket = place().agent_socket(place().sandbox_name("0" * 32))

    assert socket == Path("/run/muelle/89abcdef/agents/muelle-89abcdef-000000000000.sock")


def test_a_process_has_one_runtime(engine: FakeEngine) -> None:
    assert runtime() is runtime()


def test_docker_is_not_asked_before_it_is_needed(settings: Any) -> None:
    settings.MUELLE_RUNTIME = "docker"
    settings.MUELLE_ENGINE_URL = "unix:///nowhere.sock"

    assert isinstance(runtime(), DockerRuntime)


def test_a_process_without_an_engine_says_so(settings: Any) -> None:
    settings.MUELLE_RUNTIME = "docker"
    settings.MUELLE_ENGINE_URL = ""

    with pytest.raises(EngineUnavailable, match="MUELLE_ENGINE_URL"):
        runtime()


def test_a_runtime_that_does_not_exist_stops_the_start(settings: Any) -> None:
    settings.MUELLE_RUNTIME = "submarine"

    with pytest.raises(ImproperlyConfigured, match="docker or fake"):
        runtime()
