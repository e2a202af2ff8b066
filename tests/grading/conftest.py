"""Checks are tested on the real agent and the real trusted tools, as the learner's uid, without a container."""

import functools
import os
import shutil
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from factories import IMAGE, ExerciseFactory, LabFactory, SandboxFactory, lab_document

from courses.models import Exercise
from grading import looking
from grading.expects.base import View
from grading.expects.probe import Probe
from lab_sessions.models import LabSession
from lab_sessions.transitions import State
from sandboxes.models import Sandbox
from tests.contract.agent_process import AgentProcess, compile_agent
from tests.grading.example import TASKS, VALUES
from tests.grading.fake_engine import FakeEngine

LEARNER = 1000 if os.geteuid() == 0 else None  # whoever else runs the tests is no root either


@pytest.fixture(scope="session")
def agent_binary(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The agent, compiled once."""
    return compile_agent(tmp_path_factory.mktemp("agent") / "agent")


@pytest.fixture(scope="session")
def learner() -> int | None:
    """The uid of learners; None where only one's own is to be had."""
    return LEARNER


@pytest.fixture(scope="session")
def agent(agent_binary: Path) -> Iterator[AgentProcess]:
    """An agent that runs as a learner."""
    with AgentProcess(agent_binary, uid=LEARNER) as running:
        yield running


@pytest.fixture(scope="session")
def busybox(agent: AgentProcess) -> str:
    """The trusted tools, as unreadable as they are in a sandbox."""
    found = shutil.which("busybox")
    assert found, "busybox-static is missing; `make setup` installs it."
    copy = Path(shutil.copy(found, agent.home.parent / "busybox"))
    copy.chmod(0o711)
    return str(copy)


@pytest.fixture
def home(agent: AgentProcess) -> Iterator[Path]:
    """The learner's home, empty before each test."""
    yield agent.home
    for entry in agent.home.iterdir():
        shutil.rmtree(entry) if entry.is_dir() and not entry.is_symlink() else entry.unlink()


@pytest.fixture
def look(agent: AgentProcess, busybox: str, home: Path) -> Callable[..., View]:
    """Return a view into the sandbox: `look(answer=..., values=..., seconds=..., since=...)`."""

    def make(*, values: dict[str, str] | None = None, seconds: float = 10.0, **more: Any) -> View:
        probe = Probe(agent.client, seconds=seconds, busybox=busybox, home=str(home))
        return View(probe=probe, values=values or {}, **more)

    return make


@pytest.fixture
def engine(agent: AgentProcess) -> Iterator[FakeEngine]:
    """An engine where the learner could have put it; it answers what a test says."""
    with FakeEngine(agent.home.parent / "engine.sock") as fake:
        yield fake


@pytest.fixture
def look_at(engine: FakeEngine, look: Callable[..., View]) -> Callable[..., View]:
    """Return a view into a sandbox that has that engine."""
    return functools.partial(look, engine_address=engine.address)


@pytest.fixture
def learner_runs(agent: AgentProcess, home: Path) -> Callable[..., str]:
    """Run a shell line as the learner and return what it printed."""

    def run(line: str, **options: object) -> str:
        result = agent.client.run(["/bin/sh", "-c", line], cwd=str(home), timeout=10.0)
        assert result.exit_code == 0, result.stderr
        return result.stdout.decode()

    return run


@pytest.fixture
def eventually() -> Callable[[Callable[[], bool]], None]:
    """Wait for something to become true, for 5 s at most."""

    def wait(is_so: Callable[[], bool]) -> None:
        deadline = time.monotonic() + 5.0
        while not is_so():
            assert time.monotonic() < deadline, "It did not happen within 5 s."
            time.sleep(0.02)

    return wait


@pytest.fixture(autouse=True)
def _one_image(settings):
    settings.MUELLE_IMAGES = {IMAGE: "muelle/standard:test"}


@pytest.fixture
def woken(monkeypatch):
    """Collect the wake-ups that would go to workers: name of the task, its arguments, and the seconds it waits."""
    from lab_sessions import events

    sent: list[tuple[str, tuple[str, ...], float | None]] = []

    def wake(task, *args, countdown=None):
        sent.append((task.name.rpartition(".")[2], tuple(str(arg) for arg in args), countdown))

    monkeypatch.setattr(events, "wake", wake)
    return sent


@pytest.fixture
def lab(db):
    """A lab with two tasks: one makes a file, the other comes after it and asks for an answer too."""
    lesson = LabFactory(document=lab_document(tasks=TASKS, values=VALUES).to_json()).lesson
    for position, task in enumerate(TASKS):
        ExerciseFactory(
            lesson=lesson,
            slug=task.slug,
            position=position,
            points=task.points,
            titles=task.title,
            document=task.to_json(),
        )
    return lesson.lab


@pytest.fixture
def tasks(lab) -> dict[str, Exercise]:
    """The lab's tasks by their slug."""
    return {exercise.slug: exercise for exercise in lab.lesson.exercises.all()}


@pytest.fixture
def session(alice, lab, monkeypatch, look) -> LabSession:
    """Alice's ready session of the lab; its sandbox is the local agent."""
    now = timezone.now()
    sandbox = SandboxFactory(state=Sandbox.State.ASSIGNED, assigned_at=now, values={"word": "boya"})
    monkeypatch.setattr(
        looking, "view_into", lambda given, *, seconds, answer="": look(values=given.values, answer=answer)
    )
    return LabSession.objects.create(
        learner=alice,
        lab=lab,
        lab_key=lab.key,
        state=State.READY,
        sandbox=sandbox,
        values=sandbox.values,
        ready_at=now,
        expires_at=now + timedelta(minutes=45),
        idle_at=now + timedelta(minutes=15),
    )
