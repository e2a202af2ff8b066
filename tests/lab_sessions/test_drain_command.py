"""`manage.py drain`."""

import pytest
from django.core.management import CommandError, call_command
from factories import LabFactory, SandboxFactory

from lab_sessions.management.commands import drain
from lab_sessions.models import LabSession
from lab_sessions.transitions import State
from sandboxes import lifecycle
from sandboxes.models import Sandbox
from sandboxes.runtimes.base import EngineTimeout


class Engine:
    """Fails a number of times before it removes a sandbox."""

    def __init__(self, failures: int) -> None:
        self.failures = failures

    def destroy(self, name: str) -> None:
        if self.failures:
            self.failures -= 1
            raise EngineTimeout("busy")


@pytest.fixture
def quick(monkeypatch):
    monkeypatch.setattr(drain, "PAUSE", 0.0)
    monkeypatch.setattr(drain, "PATIENCE", 0.2)


def engine_that_fails(monkeypatch, failures: int) -> None:
    engine = Engine(failures)
    monkeypatch.setattr(lifecycle, "runtime", lambda: engine)


def test_an_engine_that_is_busy_is_asked_again(alice, quick, monkeypatch, capsys):
    lab = LabFactory()
    SandboxFactory()
    waiting = LabSession.objects.create(learner=alice, lab=lab, lab_key=lab.key, state=State.QUEUED)
    engine_that_fails(monkeypatch, 2)

    call_command("drain")

    waiting.refresh_from_db()
    assert (waiting.state, waiting.ended_reason) == (State.ENDED, "drained")
    assert Sandbox.objects.get().state == Sandbox.State.GONE
    assert "1 sessions ended, 1 sandboxes destroyed." in capsys.readouterr().out


def test_an_engine_that_never_does_it_is_named(db, quick, monkeypatch):
    sandbox = SandboxFactory()
    engine_that_fails(monkeypatch, 10**9)

    with pytest.raises(CommandError, match=sandbox.name):
        call_command("drain")
