"""Which engine runs the labs: a table of machines."""

from pathlib import Path

import pytest

from tools.engine import choose, places
from tools.problems import Problem

SYSTEM = "unix:///var/run/docker.sock"
ENGINE = {"ServerVersion": "26.1.5+dfsg1", "OperatingSystem": "Debian GNU/Linux 13 (trixie)"}


@pytest.fixture
def machine(monkeypatch, tmp_path):
    """Describe a machine: who asks, which engines answer, whether an own one was made before."""

    def describe(*, root: bool, answering: tuple[str, ...] = (), made: bool = False, facts: dict | None = None) -> None:
        disk = tmp_path / "engine.btrfs"
        if made:
            disk.touch()
        monkeypatch.setattr(places, "DISK_IMAGE", disk)
        monkeypatch.setattr(choose.os, "geteuid", lambda: 0 if root else 1000)
        monkeypatch.setattr(choose, "answers", lambda url: url in answering)
        monkeypatch.setattr(choose, "information", lambda _: {**ENGINE, **(facts or {})})

    return describe


def test_the_engine_that_answers_wins(machine):
    machine(root=True, answering=(SYSTEM,))

    assert choose.choose_engine({}) == choose.Choice(SYSTEM, own=False)


def test_without_any_root_gets_one_of_our_own(machine):
    machine(root=True)

    assert choose.choose_engine({}) == choose.Choice(places.URL, own=True)


def test_ours_stays_the_engine_once_it_was_made(machine):
    machine(root=True, answering=(SYSTEM,), made=True)

    assert choose.choose_engine({}) == choose.Choice(places.URL, own=True)


def test_ours_beside_another_one_on_request(machine):
    machine(root=True, answering=(SYSTEM,))

    assert choose.choose_engine({"MUELLE_ENGINE": "own"}).own


def test_not_root_but_docker_answers(machine):
    machine(root=False, answering=(SYSTEM,), made=True)

    assert choose.choose_engine({}) == choose.Choice(SYSTEM, own=False)


def test_docker_host_comes_before_the_ordinary_socket(machine):
    machine(root=False, answering=(SYSTEM, "unix:///run/user/1000/docker.sock"))

    choice = choose.choose_engine({"DOCKER_HOST": "unix:///run/user/1000/docker.sock"})

    assert choice.url == "unix:///run/user/1000/docker.sock"


@pytest.mark.parametrize(
    ("environ", "mend"),
    [({}, "Start Docker"), ({"DOCKER_HOST": "unix:///nowhere"}, "unset DOCKER_HOST")],
)
def test_not_root_and_no_engine_is_a_sentence(machine, environ, mend):
    machine(root=False)

    with pytest.raises(Problem, match="No Docker Engine answers here") as problem:
        choose.choose_engine(environ)

    assert mend in problem.value.mend


def test_own_is_refused_to_those_who_are_not_root(machine):
    machine(root=False, answering=(SYSTEM,))

    with pytest.raises(Problem, match="Only root"):
        choose.choose_engine({"MUELLE_ENGINE": "own"})


@pytest.mark.parametrize(
    ("environ", "facts", "sentence"),
    [
        ({"DOCKER_HOST": "tcp://10.0.0.1:2375"}, {}, "on another machine"),
        ({}, {"OperatingSystem": "Docker Desktop"}, "Docker Desktop"),
        ({}, {"ServerVersion": "19.03.8"}, "version 19.03.8"),
    ],
)
def test_engines_that_cannot_run_labs_are_refused_with_the_reason(machine, environ, facts, sentence):
    machine(root=False, answering=(SYSTEM, "tcp://10.0.0.1:2375"), facts=facts)

    with pytest.raises(Problem, match=sentence):
        choose.choose_engine(environ)


def test_a_socket_that_one_may_not_use_names_the_group(machine, monkeypatch):
    machine(root=False)
    monkeypatch.setattr(Path, "exists", lambda _: True)
    monkeypatch.setattr(choose.os, "access", lambda *_: False)

    with pytest.raises(Problem) as problem:
        choose.choose_engine({"DOCKER_HOST": ""})

    assert "usermod -aG docker" in problem.value.mend
