"""The step that puts the walls up: done twice, not needed, and where it cannot be done."""

import pytest

from tools.problems import Problem
from tools.shell import CommandFailed
from tools.steps import walls


@pytest.fixture
def put_up(monkeypatch, tmp_path):
    """Walls that are counted; the machine is root's and can hold labs with an engine."""
    done: list[str] = []
    monkeypatch.setattr("tools.locks.lock_folder", lambda: tmp_path / "locks")
    monkeypatch.setattr(walls, "is_needed", lambda _: True)
    monkeypatch.setattr(walls, "find_program", lambda _: "/usr/sbin/nft")
    monkeypatch.setattr(walls, "taken_networks", lambda: ["192.0.2.0/24"])
    monkeypatch.setattr(walls.keeper, "put_up", lambda: done.append("up"))
    return done


def test_the_range_is_written_down(workspace, put_up):
    first, second = walls.run(workspace), walls.run(workspace)

    assert workspace.setting("MUELLE_LAB_NETWORKS") == "10.213.0.0/16"
    assert first == second
    assert put_up == ["up", "up"]


def test_a_range_that_is_in_use_is_not_taken(workspace, put_up, monkeypatch):
    monkeypatch.setattr(walls, "taken_networks", lambda: ["10.0.0.0/8"])

    walls.run(workspace)

    assert workspace.setting("MUELLE_LAB_NETWORKS") == "172.29.0.0/16"


def test_where_no_lab_has_a_network_nothing_is_done(workspace, put_up, monkeypatch):
    monkeypatch.setattr(walls, "is_needed", lambda _: False)
    workspace.remember(MUELLE_LAB_NETWORKS="10.213.0.0/16")

    said = walls.run(workspace)

    assert "not needed" in said
    assert (workspace.setting("MUELLE_LAB_NETWORKS"), put_up) == ("", [])


@pytest.mark.parametrize("problem", [CommandFailed("`nft` ended with code 1.", ""), Problem("no network is free", "")])
def test_a_machine_that_cannot_have_them_goes_on_without_such_labs(workspace, put_up, monkeypatch, problem):
    def fail():
        raise problem

    workspace.remember(MUELLE_LAB_NETWORKS="10.213.0.0/16")
    monkeypatch.setattr(walls.keeper, "put_up", fail)

    said = walls.run(workspace)

    assert said == f"labs with a network are off: {problem}"
    assert workspace.setting("MUELLE_LAB_NETWORKS") == ""


def test_without_the_program_it_says_so(workspace, put_up, monkeypatch):
    monkeypatch.setattr(walls, "find_program", lambda _: None)

    assert "there is no program `nft`" in walls.run(workspace)
