"""The site of `make run LAN=1`."""

import pytest

from tools.supervisor import classroom, site
from tools.supervisor.child import Command
from tools.supervisor.classroom import Classroom


@pytest.fixture
def room(workspace, monkeypatch) -> Classroom:
    workspace.environ = {**workspace.environ, "LAN": "1"}
    for module in (classroom, site):
        monkeypatch.setattr(module, "own_addresses", lambda: ["10.0.0.5"])
        monkeypatch.setattr(module, "mdns_names", lambda: ["aula.local"])
    folder = workspace.state / "lan"
    folder.mkdir(parents=True)
    (folder / "names").write_text("10.0.0.5\naula.local\n")
    return Classroom(workspace, 8000, 8443, (8100, 8101), (8543, 8544))


def test_two_servers_take_the_place_of_one(room):
    commands = room.serve([Command(name, (name,), {}) for name in ("redis", "asgi", "beat")])

    assert [command.name for command in commands] == ["redis", "asgi", "asgi-https", "beat"]
    plain, secure = commands[1:3]
    assert "--host 0.0.0.0 --port 8000 --lab-ports 8100 8101 " in " ".join(plain.argv)
    assert "--port 8443 --lab-ports 8543 8544 " in " ".join(secure.argv)
    assert "--certificate" not in plain.argv
    assert "--certificate" in secure.argv
    assert (plain.environment["MUELLE_LAB_PORTS"], plain.environment.get("MUELLE_HTTPS")) == ("8100,8101", None)
    assert (secure.environment["MUELLE_HTTPS"], secure.environment["SECURE_HSTS_SECONDS"]) == ("1", "0")


def test_the_welcome_has_addresses_a_picture_and_no_public_password(room, monkeypatch):
    monkeypatch.setattr(classroom, "_picture", lambda _workspace, address: [f"<{address}>"])
    room.workspace.notes.append("  encargado / drawn")

    text = "\n".join(room.welcome())

    assert "http://10.0.0.5:8000/   https://10.0.0.5:8443/" in text
    assert "http://aula.local:8000/   https://aula.local:8443/" in text
    assert "<http://10.0.0.5:8000/>" in text
    assert "encargado / drawn" in text
    assert "aprendiz" not in text


def test_an_address_that_the_authority_may_not_speak_for_has_no_https(room, monkeypatch):
    monkeypatch.setattr(classroom, "own_addresses", lambda: ["93.184.216.34"])
    monkeypatch.setattr(classroom, "_picture", lambda *_: [])

    text = "\n".join(room.welcome())

    assert "https://93.184.216.34" not in text
    assert "No https at addresses that are not private" in text


def test_without_a_network_it_says_so(room, monkeypatch):
    monkeypatch.setattr(classroom, "own_addresses", lambda: [])

    assert room.welcome() == ["This machine has no address in a network: connect it, then run this again."]


def test_the_room_may_call_it_by_name_and_address_and_demo_accounts_are_off(room):
    (room.workspace.state / "instance").write_text("0a1b2c3d\n")
    room.workspace.remember(REDIS_URL="redis://127.0.0.1:6379/0")

    command = next(command for command in site.commands(room.workspace, 8000) if command.name == "asgi")

    hosts = command.environment["ALLOWED_HOSTS"].split(",")
    assert {"localhost", "10.0.0.5", "aula.local"} <= set(hosts)
    assert command.environment["MUELLE_DEMO"] == "0"


@pytest.mark.parametrize(("lan", "host"), [("1", "0.0.0.0"), ("0", "127.0.0.1"), ("", "127.0.0.1")])
def test_lan_is_a_yes_or_a_no(workspace, lan, host):
    workspace.environ = {**workspace.environ, "LAN": lan}

    assert (workspace.host, workspace.is_local) == (host, host == "127.0.0.1")
