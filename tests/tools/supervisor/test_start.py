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
