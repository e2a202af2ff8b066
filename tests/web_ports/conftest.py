"""A real agent with a door of web ports in front of it, and programs behind it."""

from collections.abc import Iterator

import pytest

from tests.contract.agent_process import AgentProcess
from tests.terminal.conftest import agent, agent_binary
from tests.web_ports.lab_site import LabSite, lab_site
from tests.web_ports.programs import socket_program, web_program

__all__ = ["agent", "agent_binary"]


@pytest.fixture
def site(agent: AgentProcess, socket_enabled: None) -> Iterator[LabSite]:
    with lab_site(agent.socket) as site:
        yield site


@pytest.fixture
def program(socket_enabled: None) -> Iterator[int]:
    """The port of a web server."""
    with web_program() as port:
        yield port


@pytest.fixture
def chat(socket_enabled: None) -> Iterator[int]:
    """The port of a WebSocket server."""
    with socket_program() as port:
        yield port
