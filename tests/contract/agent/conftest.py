"""An agent to test on: the real program, as a local process."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.contract.agent_process import AgentProcess, compile_agent


@pytest.fixture(scope="session")
def agent_binary(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The agent, compiled once."""
    return compile_agent(tmp_path_factory.mktemp("agent") / "agent")


@pytest.fixture
def agent(agent_binary: Path) -> Iterator[AgentProcess]:
    """A running agent that nobody has used yet."""
    with AgentProcess(agent_binary) as running:
        yield running
