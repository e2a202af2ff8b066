"""A real agent behind a real server, and viewers that speak the protocol."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.contract.agent_process import AgentProcess, compile_agent
from tests.terminal.harness import Server, running


@pytest.fixture(scope="session")
def agent_binary(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The agent, compiled once."""
    return compile_agent(tmp_path_factory.mktemp("agent") / "agent")


@pytest.fixture
def agent(agent_binary: Path) -> Iterator[AgentProcess]:
    """A running agent of one test."""
    with AgentProcess(agent_binary) as process:
        yield process


@pytest.fixture
def server(agent: AgentProcess, socket_enabled: None) -> Iterator[Server]:
    """The terminal door in front of it."""
    with running(agent) as site:
        yield site
