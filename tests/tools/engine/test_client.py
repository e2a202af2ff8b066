"""Asking an engine whether it is there."""

import socket
import threading

import pytest

from tools.engine.client import answers, information


@pytest.fixture
def engine(tmp_path):
    """Serve one canned answer on a unix socket."""
    path = tmp_path / "engine.sock"
    server = socket.create_server(str(path), family=socket.AF_UNIX)
    replies: list[bytes] = []

    def serve() -> None:
        while replies:
            connection, _ = server.accept()
            connection.recv(4096)
            connection.sendall(replies.pop(0))
            connection.close()

    def start(*canned: bytes) -> str:
        replies.extend(canned)
        threading.Thread(target=serve, daemon=True).start()
        return f"unix://{path}"

    yield start
    server.close()


def test_an_engine_answers(engine):
    assert answers(engine(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nOK"))


def test_nobody_answers(tmp_path):
    assert not answers(f"unix://{tmp_path / 'nothing.sock'}")


@pytest.mark.parametrize("reply", [b"", b"nonsense\r\n\r\n", b"HTTP/1.1 500 Oops\r\nContent-Length: 0\r\n\r\n"])
def test_something_else_answers(engine, reply):
    assert not answers(engine(reply))


def test_addresses_that_are_not_supported_do_not_answer():
    assert not answers("ssh://host")


def test_what_an_engine_says_of_itself(engine):
    url = engine(b'HTTP/1.1 200 OK\r\nContent-Length: 22\r\n\r\n{"ServerVersion": "1"}')

    assert information(url) == {"ServerVersion": "1"}
