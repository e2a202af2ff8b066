"""Finding a Redis that may be used."""

import socket
import threading

import pytest

from tools import redis
from tools.ports import free_port

GOOD = "redis_version:7.0.15\r\nmaxmemory:0\r\nmaxmemory_policy:noeviction\r\n"


@pytest.mark.parametrize(
    ("information", "usable"),
    [
        (GOOD, True),
        ("redis_version:7.0.15\r\nmaxmemory:0\r\nmaxmemory_policy:allkeys-lru\r\n", True),
        ("redis_version:7.0.15\r\nmaxmemory:1000000\r\nmaxmemory_policy:allkeys-lru\r\n", False),
        ("redis_version:5.0.3\r\nmaxmemory:0\r\nmaxmemory_policy:noeviction\r\n", False),
        ("", False),
    ],
)
def test_one_that_throws_messages_away_may_not_be_used(information, usable):
    assert redis.is_usable(information) is usable


@pytest.fixture
def server():
    """A server that takes one connection and answers every request with the next canned reply."""
    listener = socket.create_server(("127.0.0.1", 0))
    replies: list[bytes] = []
    heard: list[bytes] = []

    def serve() -> None:
        connection, _ = listener.accept()
        with connection:
            while replies:
                heard.append(connection.recv(4096))
                connection.sendall(replies.pop(0))

    def start(*canned: bytes, password: str = "") -> str:
        replies.extend(canned)
        threading.Thread(target=serve, daemon=True).start()
        return f"redis://{f':{password}@' if password else ''}127.0.0.1:{listener.getsockname()[1]}/0"

    start.heard = heard
    yield start
    listener.close()


def test_asks_and_reads_the_answer(server):
    url = server(b"$%d\r\n%b\r\n" % (len(GOOD), GOOD.encode()))

    assert redis.ask(url, "INFO") == GOOD


def test_signs_in_first_where_there_is_a_password(server):
    url = server(b"+OK\r\n", b"+PONG\r\n", password="sesame")

    assert redis.ask(url, "PING") == "PONG"
    assert b"AUTH" in server.heard[0]
    assert b"sesame" in server.heard[0]


@pytest.mark.parametrize(
    "reply", [b"-NOAUTH Authentication required.\r\n", b"$99999999999\r\n", b"HTTP/1.1 400\r\n", b""]
)
def test_anything_else_is_no_usable_redis(server, reply):
    assert not redis.is_usable(redis.ask(server(reply), "INFO"))


def test_nobody_there_is_no_answer():
    assert redis.ask(f"redis://127.0.0.1:{free_port()}/0", "PING") == ""


def test_our_own_is_drawn_once_and_told_from_others(workspace):
    workspace.remember(REDIS_URL=redis.own_redis_url(workspace))

    again = redis.own_redis_url(workspace)

    assert again == workspace.setting("REDIS_URL")
    assert redis.is_own(again)
    assert not redis.is_own(redis.ORDINARY_URL)


def test_our_own_moves_when_somebody_took_its_port(workspace):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        workspace.remember(REDIS_URL=f"redis://:password@127.0.0.1:{taken.getsockname()[1]}/0")

        moved = redis.own_redis_url(workspace)

    assert moved != workspace.setting("REDIS_URL")
    assert redis.is_own(moved)


def test_what_is_given_comes_before_what_was_found(workspace, monkeypatch):
    asked = []
    monkeypatch.setattr(redis, "ask", lambda url, _: asked.append(url) or "")
    workspace.environ = {**workspace.environ, "REDIS_URL": "redis://10.0.0.1:6379/3"}

    assert redis.find_redis(workspace) is None
    assert asked == ["redis://10.0.0.1:6379/3"]
