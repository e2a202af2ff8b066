"""R4 where the learner has a Docker: the engine below is killed and started again, and nobody inside notices.

On an engine of the test's own, since the machine's has other labs on it.
"""

from __future__ import annotations

import re
import secrets
import signal
import subprocess
import time
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings

from sandboxes.agent_client import DEFAULT_ENVIRONMENT, AgentClient
from sandboxes.inner_engine import bring_up
from sandboxes.interior import lay_out_home
from sandboxes.runtimes.base import ContainerState, SandboxRequest
from sandboxes.runtimes.docker import DockerRuntime
from sandboxes.runtimes.host import Host
from sandboxes.runtimes.place import Place
from sandboxes.runtimes.profiles import ENGINE
from sandboxes.runtimes.walls import ReportedWalls
from tools.experiments.engine_sandbox.throwaway import ThrowawayEngine

pytestmark = [pytest.mark.docker, pytest.mark.crash]

LOADING = 180.0  # seconds for an image of 700 MB on a busy disk
# Prints a line every 50 ms as long as it lives, and keeps what is inside the same.
LINES = "setsid bash -c 'n=0; while :; do n=$((n + 1)); echo $n; sleep 0.05; done > ~/lines' &"
WHO = "echo engine=$(pgrep -x dockerd) keeper=$(pgrep -fo lib/muelle/engine) $(docker info -f 'id={{.ID}}')"


@pytest.fixture
def throwaway() -> Iterator[ThrowawayEngine]:
    """An engine with what a sandbox needs: the image, and the agent on its volume."""
    if not all((settings.MUELLE_ENGINE_QUOTA, settings.MUELLE_LAB_NETWORKS, "engine" in settings.MUELLE_IMAGES)):
        pytest.skip("this machine has no labs with a Docker of their own: set-up says why")
    volume = settings.MUELLE_AGENT_VOLUME
    agent = f"muelle/agent:{volume.rpartition('-')[2]}"
    with ThrowawayEngine() as engine:
        save = ["docker", "-H", settings.MUELLE_ENGINE_URL, "save", agent, settings.MUELLE_IMAGES["engine"]]
        with subprocess.Popen(save, stdout=subprocess.PIPE) as saving:
            subprocess.run(
                ["docker", "-H", engine.url, "load"],
                stdin=saving.stdout,
                check=True,
                capture_output=True,
                timeout=LOADING,
            )
        engine.docker(
            "create", "--name", "helper", "--mount", f"type=volume,source={volume},target=/.muelle/bin", agent, "x"
        )
        engine.docker("rm", "helper")
        yield engine


def test_r4_what_runs_inside_outlives_the_engine_below(throwaway: ThrowawayEngine) -> None:
    place = Place(
        instance=secrets.token_hex(4), run_directory=throwaway.run_directory, agent_volume=settings.MUELLE_AGENT_VOLUME
    )
    able = Host(disk_limits=True, tunnels=True, networks=settings.MUELLE_LAB_NETWORKS)
    walls = ReportedWalls(Path(settings.MUELLE_WALLS_REPORT))
    runtime = DockerRuntime(engine_url=throwaway.url, place=place, host=able, walls=walls)
    identity = uuid.uuid4()
    request = SandboxRequest(
        name=place.sandbox_name(identity.hex),
        sandbox_id=str(identity),
        image=settings.MUELLE_IMAGES["engine"],
        profile="engine",
        limits=ENGINE.default,
    )
    environment = {**DEFAULT_ENVIRONMENT, **ENGINE.environment}
    agent = AgentClient(place.agent_socket(request.name))

    def inside(script: str) -> str:
        return agent.run(["/bin/bash", "-c", script], env=environment, timeout=30).stdout.decode()

    try:
        runtime.start(runtime.create(request))
        lay_out_home(agent)
        bring_up(agent, ENGINE)
        inside(LINES)
        before = inside(WHO)
        assert re.fullmatch(r"engine=\d+ keeper=\d+ id=\S+\n", before)

        for how in (signal.SIGTERM, signal.SIGKILL):
            counted = int(inside("tail -n 1 ~/lines"))
            throwaway.restart(how)

            assert inside(WHO) == before
            time.sleep(0.5)
            lines = [int(line) for line in inside("cat ~/lines").split()]
            assert lines == list(range(1, len(lines) + 1))
            assert len(lines) > counted
            assert [(box.name, box.state) for box in runtime.list()] == [(request.name, ContainerState.RUNNING)]
    finally:
        runtime.destroy(request.name)
        runtime.close()
