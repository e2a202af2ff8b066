"""What systemd is told."""

import socket
from pathlib import Path

import pytest

from tools.service.notify import ready


def test_readiness_is_one_datagram(tmp_path: Path, monkeypatch):
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listener:
        listener.bind(str(tmp_path / "n"))
        monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "n"))

        ready()

        assert listener.recv(100) == b"READY=1"


def test_a_name_in_the_abstract_space_is_understood(monkeypatch):
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listener:
        listener.bind("\0muelle-notify-test")
        monkeypatch.setenv("NOTIFY_SOCKET", "@muelle-notify-test")

        ready()

        assert listener.recv(100) == b"READY=1"


@pytest.mark.parametrize("address", ["", "/nowhere/at/all"])
def test_without_a_listener_nothing_happens(address: str, monkeypatch):
    monkeypatch.setenv("NOTIFY_SOCKET", address)

    ready()
