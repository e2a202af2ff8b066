"""A real agent with a door of web ports in front of it, and programs behind it."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from factories import IMAGE, LabFactory, SandboxFactory, lab_document

from accounts.models import User
from content.documents import PortDocument
from courses.models import Lab
from lab_sessions.models import LabSession
from lab_sessions.transitions import State
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


@pytest.fixture
def lab(db, settings) -> Lab:
    """A lab with a declared port that differs from learner to learner, and one that does not."""
    settings.MUELLE_IMAGES = {IMAGE: "muelle/standard:test"}
    ports = (
        PortDocument(port="${port}", title={"es": "Servidor", "en": "Server"}),
        PortDocument(port="80", title={"es": "Otro", "en": "Other"}),
    )
    return LabFactory(document=lab_document(ports=ports).to_json())


@pytest.fixture
def session(lab: Lab, alice: User) -> LabSession:
    """Alice's, ready."""
    return ready(lab, alice)


def ready(lab: Lab, learner: User, **changes: Any) -> LabSession:
    """A ready session of `learner`; its sandbox is a row only."""
    now = timezone.now()
    values = {
        "state": State.READY,
        "sandbox": SandboxFactory(state="assigned", assigned_at=now),
        "values": {"port": "8765"},
        "expires_at": now + timedelta(hours=1),
        "idle_at": now + timedelta(hours=1),
    }
    return LabSession.objects.create(learner=learner, lab=lab, lab_key=lab.key, **{**values, **changes})


def sign_in_of(user: User) -> str:
    """The key of a new sign-in."""
    client = Client()
    client.force_login(user)
    return str(client.session.session_key)
