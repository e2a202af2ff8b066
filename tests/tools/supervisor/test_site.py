"""The processes of a site, and what each may know."""

import stat

import pytest

from tools.supervisor import site

OWN_REDIS = "redis://:sesame@127.0.0.1:40001/0"


@pytest.fixture
def commands(workspace):
    """The commands of a clone with a Redis and an engine of its own, by name."""
    workspace.remember(REDIS_URL=OWN_REDIS, MUELLE_ENGINE_URL="unix:///run/muelle/engine.sock")
    (workspace.state / "instance").write_text("0a1b2c3d\n")
    return {command.name: command for command in site.commands(workspace, 8000)}


def test_redis_is_the_first_and_all_are_there(commands):
    assert list(commands) == ["redis", "asgi", "worker", "reconciler", "beat", "engine"]


def test_what_labs_with_a_network_need_is_looked_after(workspace):
    workspace.remember(REDIS_URL="redis://127.0.0.1:6379/0", MUELLE_MIRROR="10.212.0.1")
    workspace.remember(MUELLE_LAB_NETWORKS="10.213.0.0/16")

    names = [command.name for command in site.commands(workspace, 8000)]

    assert names == ["asgi", "worker", "reconciler", "beat", "walls", "mirror"]


def test_only_what_launches_sandboxes_knows_the_engine(commands):
    knows = {name for name, command in commands.items() if command.environment.get("MUELLE_ENGINE_URL") != ""}

    assert knows == {"worker", "reconciler", "engine"}


def test_the_server_listens_on_loopback_and_limits_messages(commands):
    argv = " ".join(commands["asgi"].argv)

    assert "--host 127.0.0.1 --port 8000" in argv
    assert "--ws-max-size 65536" in argv
    assert "--ws-per-message-deflate false" in argv


def test_the_password_of_redis_is_in_a_private_file_only(commands, workspace):
    path = workspace.state / "redis" / "redis.conf"

    assert "requirepass sesame" in path.read_text()
    assert "maxmemory-policy noeviction" in path.read_text()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert "sesame" not in " ".join(commands["redis"].argv)


def test_what_answers_already_is_not_started(workspace):
    workspace.remember(REDIS_URL="redis://127.0.0.1:6379/0", MUELLE_ENGINE_URL="unix:///var/run/docker.sock")

    names = [command.name for command in site.commands(workspace, 8000)]

    assert names == ["asgi", "worker", "reconciler", "beat"]


@pytest.mark.parametrize(
    ("environ", "demo"),
    [
        ({}, "1"),
        ({"HOST": "0.0.0.0"}, "0"),
        ({"HOST": "0.0.0.0", "MUELLE_DEMO": "1"}, "1"),
        ({"MUELLE_DEMO": "0"}, "0"),
    ],
)
def test_public_passwords_are_for_loopback_unless_somebody_insists(workspace, environ, demo):
    workspace.environ = {**workspace.environ, **environ}

    command = next(command for command in site.commands(workspace, 8000) if command.name == "asgi")

    assert command.environment["MUELLE_DEMO"] == demo


def test_a_site_for_others_answers_to_its_names(workspace, monkeypatch):
    monkeypatch.setattr(site, "own_addresses", lambda: ["192.168.1.5"])
    workspace.environ = {**workspace.environ, "HOST": "0.0.0.0"}

    command = next(command for command in site.commands(workspace, 8000) if command.name == "asgi")

    assert command.environment["ALLOWED_HOSTS"].endswith(",192.168.1.5")
    assert command.environment["ALLOWED_HOSTS"].startswith("localhost,127.0.0.1,[::1],")


@pytest.mark.parametrize(
    ("host", "names"),
    [("127.0.0.1", []), ("::1", []), ("localhost", []), ("10.0.0.7", ["10.0.0.7"]), ("pier", ["pier"])],
)
def test_names_of_a_host(host, names):
    assert site.names(host) == names
