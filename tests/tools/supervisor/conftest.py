"""Small programs that behave well and badly, and children made of them."""

import os
import sys
from collections.abc import Callable

import pytest

from tools.supervisor.backoff import Backoff
from tools.supervisor.child import Child, Command


@pytest.fixture
def said() -> list[str]:
    """What the person in front of the screen was told."""
    return []


@pytest.fixture
def make_child(tmp_path, said) -> Callable[..., Child]:
    """Make a child that runs a Python script and comes back quickly when it dies."""

    def make(script: str, *, patience: float = 2.0, name: str = "dummy") -> Child:
        environment = {"PATH": os.environ["PATH"], "PYTHONUNBUFFERED": "1"}
        command = Command(name, (sys.executable, "-c", script), environment, patience)
        return Child(command, tmp_path, tmp_path / f"{name}.log", said.append, Backoff(first=0.05, longest=0.2))

    return make
