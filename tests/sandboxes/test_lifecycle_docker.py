"""The life of a sandbox on a real engine, with the real agent and the lab image."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest
from django.conf import settings
from django.utils import timezone

from sandboxes.agent_client import DEFAULT_ENVIRONMENT
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
from sandboxes.runtimes.profiles import profile_named
from tests.sandboxes.test_interior import File

pytestmark = [pytest.mark.docker, pytest.mark.django_db]


KILL_AND_WAIT = """
kill -KILL $(pgrep -x dockerd) && echo killed
for i in $(seq 300); do docker info > /dev/null 2>&1 && break; sleep 0.1; done
docker ps > /dev/null && echo back && docker info --format 'driver={{.Driver}}'
"""


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


def test_a_docker_of_ones_own_is_up_when_setup_runs_and_comes_back_when_it_is_killed(environment: Environment) -> None:
    profile = profile_named("engine")
    image = settings.MUELLE_IMAGES["engine"]
    setup = "docker version --format '{{.Server.Version}}' > version\n"

    made = make_sandbox(
        Environment(image=image, profile="engine", limits=profile.default, setup=setup), seed="5eed", values={}
    )

    agent = agent_of(made)
    env = {**DEFAULT_ENVIRONMENT, **profile.environment}
    seen = agent.run(["/bin/bash", "-c", f"cat version; {KILL_AND_WAIT}"], env=env, timeout=60)
    version, *story = seen.stdout.decode().split()
    assert version.startswith("26.")
    assert story == ["killed", "back", "driver=overlay2"]


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
