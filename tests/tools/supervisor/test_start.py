"""One site per clone, on a free port."""

import socket

import pytest

from tools.problems import Problem
from tools.supervisor import start


def test_a_second_site_of_one_clone_is_told_where_the_first_is(workspace, monkeypatch):
    monkeypatch.setattr(start, "ONE_SITE_SECONDS", 0.0)
    folder = workspace.state / "run"
    folder.mkdir(parents=True)
    (folder / start.ADDRESS).write_text("http://localhost:8003")

    with (
        start.one_site(workspace),
        pytest.raises(Problem, match=r"runs already at http://localhost:8003\."),
        start.one_site(workspace),
    ):
        pytest.fail("two sites ran")


def test_a_service_has_no_keepers_and_leaves_labs_alone(workspace, monkeypatch):
    started = {}
    workspace.environ = {**workspace.environ, "PORT": "0"}
    monkeypatch.setattr(start, "_port", lambda _workspace: 8000)
    monkeypatch.setattr(start.os, "chdir", lambda _folder: None)
    monkeypatch.setattr(
        start, "supervise", lambda _workspace, found, _address, drain: started.update(found=found, drain=drain) or 0
    )
    (workspace.state / "run").mkdir(parents=True)
    found = {"MUELLE_ENGINE_URL": "unix:///run/muelle/engine.sock", "MUELLE_LAB_NETWORKS": "x", "MUELLE_MIRROR": "y"}
    workspace.remember(REDIS_URL="redis://127.0.0.1:6379/0", **found)

    start.run_site(workspace, as_service=True)
    assert [command.name for command in started["found"]] == ["asgi", "worker", "reconciler", "beat"]
    assert started["drain"] == []

    start.run_site(workspace)
    assert {"engine", "walls", "mirror"} < {command.name for command in started["found"]}
    assert started["drain"][-1] == "drain"


def test_an_address_that_a_power_cut_tore_does_not_matter(workspace):
    (workspace.state / "run").mkdir(parents=True)
    (workspace.state / "run" / start.ADDRESS).write_bytes(b"\x00\xff")

    with start.one_site(workspace):
        pass


def test_what_a_power_cut_tore_is_forgotten(workspace):
    workspace.remember(REDIS_URL="redis://:secret@127.0.0.1:40404/0")
    for name in ("run/beat-schedule.dat", "run/beat-schedule", "redis/dump.rdb"):
        (workspace.state / name).parent.mkdir(parents=True, exist_ok=True)
        (workspace.state / name).write_bytes(b"half of a")

    start.commands(workspace, 8000)

    assert not list(workspace.state.rglob("beat-schedule*"))
    assert not (workspace.state / "redis" / "dump.rdb").exists()


def test_the_port_that_is_asked_for_or_a_sentence(workspace):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        workspace.environ = {**workspace.environ, "PORT": str(port)}

        with pytest.raises(Problem, match=f"Port {port} is in use"):
            start._port(workspace)

    assert start._port(workspace) == port


@pytest.mark.parametrize("wish", ["http", "0", "70000", "-1"])
def test_what_is_no_port_is_said(workspace, wish):
    workspace.environ = {**workspace.environ, "PORT": wish}

    with pytest.raises(Problem, match="is not a port"):
        start._port(workspace)
