"""An agent to test on: the real program, as a local process and as PID 1 of a sandbox on a real engine."""

import secrets
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from sandboxes.runtimes.docker import DockerRuntime
from sandboxes.runtimes.place import Place
from tests.contract.agent_container import AgentContainer, engine_client
from tests.contract.agent_process import AgentProcess, compile_agent

Agent = AgentProcess | AgentContainer


@pytest.fixture(scope="session")
def agent_binary(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The agent, compiled once."""
    return compile_agent(tmp_path_factory.mktemp("agent") / "agent")


@pytest.fixture
def local_agent(agent_binary: Path) -> Iterator[AgentProcess]:
    """A local agent that nobody has used yet."""
    with AgentProcess(agent_binary) as running:
        yield running


@pytest.fixture(params=["process", pytest.param("container", marks=pytest.mark.docker)])
def agent(request: pytest.FixtureRequest) -> Iterator[Agent]:
    """An agent that nobody has used yet, of each kind."""
    if request.param == "process":
        yield request.getfixturevalue("local_agent")
        return
    settings = request.getfixturevalue("settings")
    if not (settings.MUELLE_ENGINE_URL and settings.MUELLE_AGENT_VOLUME and settings.MUELLE_IMAGES):
        pytest.skip("no engine, agent or lab image: `make setup` prepares them")
    yield from sandbox_on(
        settings.MUELLE_ENGINE_URL,
        settings.MUELLE_AGENT_VOLUME,
        settings.MUELLE_IMAGES["standard"],
        Path(settings.MUELLE_RUN_DIR),
    )


def sandbox_on(engine_url: str, agent_volume: str, image: str, run_directory: Path) -> Iterator[AgentContainer]:
    """A sandbox of an installation of its own, on an engine that may have anything else running on it."""

    instance = secrets.token_hex(4)
    place = Place(instance=instance, run_directory=run_directory / instance, agent_volume=agent_volume)
    runtime = DockerRuntime(engine_url=engine_url, place=place)
    with (
        closing(runtime),
        closing(engine_client(engine_url)) as engine,
        AgentContainer(runtime, place, image, engine) as running,
    ):
        yield running
