"""When the mirror's container is made, started anew, or left alone."""

from pathlib import Path

import pytest

from tools.docker import BASE_IMAGE
from tools.mirror import container, health, places
from tools.problems import Problem
from tools.shell import CommandFailed


class FakeDocker:
    """An engine with at most one container, that of the mirror."""

    def __init__(self) -> None:
        self.images = {BASE_IMAGE: "sha256:base"}
        self.runs = ""
        self.deeds: list[str] = []

    def image_id(self, name):
        return self.images.get(name)

    def build(self, _folder, tag):
        self.deeds.append("build")
        self.images[tag] = f"sha256:{tag}"

    def call(self, *words, **_):
        if words[0] == "inspect":
            if not self.runs:
                raise CommandFailed("no such container", "")
            return f"{self.runs}\n"
        if words[0] == "cp" and not self.runs:
            raise CommandFailed("no such container", "")
        self.deeds.append(words[0])
        if words[0] == "run":
            self.runs = str(words[-1])
        elif words[0] == "rm":
            self.runs = ""
        return ""


@pytest.fixture
def engine(monkeypatch, tmp_path, workspace):
    """The engine of this test; its mirror answers when there is a container."""
    fake = FakeDocker()
    (Path(workspace.root) / container.FOLDER).mkdir(parents=True)
    monkeypatch.setattr(places, "STATE", tmp_path / "mirror")
    monkeypatch.setattr(container, "Docker", lambda _: fake)
    monkeypatch.setattr(container, "ensure_interface", lambda: None)
    monkeypatch.setattr(container, "ensure_door", lambda _workspace: None)
    monkeypatch.setattr(container, "certificate_folder", lambda _docker, _tools: tmp_path / "hub")
    monkeypatch.setattr(health, "stands_in", lambda: True)
    monkeypatch.setattr(health, "answers", lambda: bool(fake.runs))
    return fake


def test_it_is_made_once(engine, workspace):
    made = [container.ensure(workspace), container.ensure(workspace)]

    assert made == [True, False]
    assert engine.deeds == ["build", "rm", "run"]


def test_a_changed_image_makes_it_anew_and_keeps_the_namespaces(engine, workspace):
    container.ensure(workspace)
    engine.deeds.clear()
    (workspace.root / container.FOLDER / "Dockerfile").write_text("FROM x\n")

    assert container.ensure(workspace)
    assert engine.deeds == ["build", "cp", "rm", "run", "cp"]


def test_one_that_does_not_answer_is_started_again(engine, workspace, monkeypatch):
    container.ensure(workspace)
    engine.deeds.clear()
    answers = iter([False, True])
    monkeypatch.setattr(health, "answers", lambda: next(answers))

    assert container.ensure(workspace)
    assert engine.deeds == ["restart"]


def test_one_that_never_answers_is_a_sentence(engine, workspace, monkeypatch):
    monkeypatch.setattr(container, "START_SECONDS", 0.0)
    monkeypatch.setattr(health, "answers", lambda: False)

    with pytest.raises(Problem, match="does not answer"):
        container.ensure(workspace)
