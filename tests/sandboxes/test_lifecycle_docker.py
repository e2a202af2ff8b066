"""The life of a sandbox on a real engine, with the real agent and the lab image."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest
from django.utils import timezone

from sandboxes.engine import runtime
from sandboxes.environment import Environment
from sandboxes.interior import SetupFailed
from sandboxes.lifecycle import (
    agent_of,
    claim_warm,
    destroy_orphans,
    destroy_sandbox,
    make_sandbox,
    mark_vanished,
    push_files,
)
from sandboxes.limits import MIB, Limits
from sandboxes.models import Sandbox
from sandboxes.runtimes.base import RuntimeFault
from tests.sandboxes.test_interior import File

pytestmark = [pytest.mark.docker, pytest.mark.django_db]


@pytest.fixture
def environment(settings: Any) -> Iterator[Environment]:
    """An environment on this machine's engine, under an instance of its own."""
    if not (settings.MUELLE_ENGINE_URL and settings.MUELLE_AGENT_VOLUME and settings.MUELLE_IMAGES):
        pytest.skip("no engine, agent or lab image: `make setup` prepares them")
    settings.MUELLE_RUNTIME = "docker"
    settings.MUELLE_INSTANCE = f"{time.time_ns() & 0xFFFFFFFF:08x}"
    yield Environment(
        image=settings.MUELLE_IMAGES["standard"], limits=Limits(memory_bytes=128 * MIB, disk_bytes=4 * MIB)
    )
    for left in runtime().list():
        with suppress(RuntimeFault):
            runtime().destroy(left.name)
    runtime().close()  # type: ignore[attr-defined]


def test_from_nothing_to_a_learners_files(environment: Environment) -> None:
    setup = 'echo "$port" > port; (sleep 60 >/dev/null 2>&1 &)\n'
    made = make_sandbox(dataclasses.replace(environment, setup=setup), seed="5eed", values={"port": "8081"})

    claimed = claim_warm(made.environment_digest)
    assert claimed == made
    push_files(made, [File("bin/hello.sh", b"#!/bin/bash\necho hola\n", 0o755)])

    agent = agent_of(made)
    assert agent.run(["/home/learner/bin/hello.sh"], timeout=5).stdout == b"hola\n"
    seen = agent.run(["/bin/bash", "-c", "cat port; id -u; ls -A; pgrep -c sleep"], timeout=5)
    lines = seen.stdout.decode().split()
    assert lines[:2] == ["8081", "1000"]
    assert {".bashrc", ".profile", "bin", "port"} <= set(lines)
    assert lines[-1] == "1"


def test_a_failing_setup_says_why_and_leaves_nothing(environment: Environment) -> None:
    setup = "echo first\nls /nowhere\necho never\n"

    with pytest.raises(SetupFailed) as fault:
        make_sandbox(dataclasses.replace(environment, setup=setup), seed="5eed", values={})

    assert "first" in fault.value.detail
    assert "/nowhere" in fault.value.detail
    assert "never" not in fault.value.detail
    assert runtime().list() == ()


def test_a_value_that_setup_expects_and_nobody_gave_stops_it(environment: Environment) -> None:
    with pytest.raises(SetupFailed, match="unbound variable"):
        make_sandbox(dataclasses.replace(environment, setup="echo $port\n"), seed="5eed", values={})


def test_files_that_do_not_fit_into_home_are_said(environment: Environment) -> None:
    sandbox = make_sandbox(environment, seed="5eed", values={})

    with pytest.raises(RuntimeFault, match=r"[Nn]o space left"):
        push_files(sandbox, [File("big", b"x" * (5 * MIB))])


def test_destroyed_is_gone_from_the_engine(environment: Environment) -> None:
    sandbox = make_sandbox(environment, seed="5eed", values={})

    destroy_sandbox(sandbox, reason="ended")
    destroy_sandbox(sandbox, reason="ended")

    assert runtime().list() == ()


def test_the_reconcilers_looks_agree_with_the_engine(environment: Environment) -> None:
    kept, dead, forgotten = (make_sandbox(environment, seed="5eed", values={}) for _ in range(3))
    runtime().destroy(dead.name)
    Sandbox.objects.filter(pk=forgotten.pk).delete()

    assert mark_vanished(timezone.now()) == [dead]
    assert destroy_orphans(timezone.now()) == 1
    assert [container.name for container in runtime().list()] == [kept.name]
