"""Opening and closing the namespace of a sandbox, against a registry played by the test."""

import errno
import socket
from http.server import BaseHTTPRequestHandler, HTTPServer
from socketserver import UnixStreamServer
from threading import Thread

import pytest

from sandboxes import registry

SPACE = "0123456789ab"


@pytest.fixture(autouse=True)
def _no_door(monkeypatch, tmp_path):
    """That of this machine is nothing to these tests."""
    monkeypatch.setattr(registry, "DOOR", tmp_path / "names.sock")


@pytest.fixture(params=["door", "port"])
def asked(request, monkeypatch, settings):
    """What the registry was asked; it has one namespace. Once by its door, and once as an older one is asked."""
    requests: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_DELETE(self) -> None:
            requests.append(f"DELETE {self.path}")
            self.send_response(204 if SPACE in self.path else 404)
            self.end_headers()

        def do_MKCOL(self) -> None:
            requests.append(f"MKCOL {self.path}")
            self.send_response(201 if SPACE in self.path else 403)
            self.end_headers()

        def log_message(self, *_) -> None:
            pass

    if request.param == "door":
        server = UnixStreamServer(str(registry.DOOR), Handler)
    else:
        server = HTTPServer(("127.0.0.1", 0), Handler)
        monkeypatch.setattr(registry, "PORT", server.server_address[1])
    Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    settings.MUELLE_MIRROR = "127.0.0.1"
    yield requests
    server.shutdown()
    server.server_close()


def test_a_namespace_is_opened(asked):
    registry.open_space({"espacio": SPACE, "port": "8080"})

    assert asked == [f"MKCOL /names/{SPACE}/"]


def test_a_sandbox_whose_namespace_is_refused_is_not_made(asked):
    with pytest.raises(registry.RegistryAway, match="answered 403"):
        registry.open_space({"espacio": "ffffffffffff"})


def test_a_sandbox_is_not_made_while_the_registry_is_away(settings, monkeypatch):
    settings.MUELLE_MIRROR = "127.0.0.1"
    monkeypatch.setattr(registry, "PORT", 1)

    with pytest.raises(registry.RegistryAway, match="does not answer"):
        registry.open_space({"espacio": SPACE})


def test_a_sandbox_is_made_where_no_way_leads_to_the_registry(settings, monkeypatch, caplog):
    settings.MUELLE_MIRROR = "127.0.0.1"

    def unreachable(_method, _path):
        raise OSError(errno.ENETUNREACH, "Network is unreachable")

    monkeypatch.setattr(registry, "_ask", unreachable)

    registry.open_space({"espacio": SPACE})

    assert "will not be able to push" in caplog.text


def test_the_namespace_goes_closed_first(asked):
    assert registry.forget_pushes({"espacio": SPACE, "port": "8080"})
    assert asked == [f"DELETE /names/{SPACE}/", f"DELETE /spaces/{SPACE}/"]


def test_nothing_was_pushed(asked):
    assert not registry.forget_pushes({"espacio": "ffffffffffff"})


@pytest.mark.parametrize("values", [{}, {"espacio": ""}, {"espacio": "../library"}, {"espacio": SPACE + "0"}])
def test_labs_without_a_namespace_ask_nothing(asked, values):
    registry.open_space(values)

    assert not registry.forget_pushes(values)
    assert asked == []


def test_installations_without_a_mirror_ask_nothing(asked, settings):
    settings.MUELLE_MIRROR = ""

    registry.open_space({"espacio": SPACE})

    assert not registry.forget_pushes({"espacio": SPACE})
    assert asked == []


def test_a_registry_that_is_away_stops_nobody(settings, monkeypatch, caplog):
    settings.MUELLE_MIRROR = "127.0.0.1"
    monkeypatch.setattr(registry, "PORT", 1)

    assert not registry.forget_pushes({"espacio": SPACE})
    assert "stays in the registry for now" in caplog.text


@pytest.fixture
def shut_door():
    """A registry that was killed left its socket."""
    with socket.socket(socket.AF_UNIX) as left_behind:
        left_behind.bind(str(registry.DOOR))


@pytest.mark.parametrize("fault", [ConnectionRefusedError("refused"), OSError(errno.ENETUNREACH, "unreachable")])
def test_a_door_behind_which_nobody_is_stops_the_making_of_a_sandbox(settings, monkeypatch, shut_door, fault):
    settings.MUELLE_MIRROR = "192.0.2.1"

    def fail(*_arguments, **_options):
        raise fault

    monkeypatch.setattr(registry.http.client.HTTPConnection, "request", fail)
    monkeypatch.setattr(registry._DoorConnection, "request", lambda self, *_: self.connect())

    with pytest.raises(registry.RegistryAway, match="does not answer"):
        registry.open_space({"espacio": SPACE})


@pytest.mark.parametrize("asked", ["port"], indirect=True)
def test_an_older_registry_is_asked_where_a_newer_one_left_its_door(asked, shut_door):
    registry.open_space({"espacio": SPACE})

    assert asked == [f"MKCOL /names/{SPACE}/"]
