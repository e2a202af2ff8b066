"""Asking the mirror's name server, played by the test."""

import socket
import struct
import threading

import pytest

from tools.mirror import health, places


@pytest.fixture
def name_server(monkeypatch):
    """Answer one question with what the test gives; the question is handed to it."""
    server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    server.bind(("127.0.0.1", 0))
    monkeypatch.setattr(places, "ADDRESS", "127.0.0.1")
    monkeypatch.setattr(places, "DNS_PORT", server.getsockname()[1])

    def serve(answer) -> None:
        def once() -> None:
            question, client = server.recvfrom(512)
            server.sendto(answer(question), client)

        threading.Thread(target=once, daemon=True).start()

    yield serve
    server.close()


def _reply(question: bytes, *addresses: str) -> bytes:
    header = question[:2] + struct.pack(">5H", 0x8400, 1, len(addresses), 0, 0)
    records = b"".join(
        b"\xc0\x0c" + struct.pack(">2HIH", 1, 1, 0, 4) + socket.inet_aton(address) for address in addresses
    )
    return header + question[12:] + records


def test_a_known_name_has_an_address(name_server):
    asked: list[bytes] = []
    name_server(lambda question: asked.append(question) or _reply(question, "10.212.0.1"))

    assert health.resolve("registry.muelle") == "10.212.0.1"
    assert b"\x08registry\x06muelle\x00" in asked[0]


def test_an_unknown_name_has_none(name_server):
    name_server(_reply)

    assert health.resolve("example.org") is None


@pytest.mark.parametrize("nonsense", [b"", b"xx", b"\0" * 40])
def test_nonsense_is_an_error(name_server, nonsense):
    name_server(lambda _: nonsense)

    with pytest.raises(OSError, match="something else"):
        health.resolve("registry.muelle")


def test_nobody_there_does_not_answer(monkeypatch):
    monkeypatch.setattr(places, "ADDRESS", "127.0.0.1")
    monkeypatch.setattr(places, "REGISTRY_PORT", 1)

    assert not health.answers()
