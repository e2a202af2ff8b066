"""CONNECT: raw streams to sockets inside."""

import contextlib
import os
import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from sandboxes.agent_client import AgentUnavailable, CannotConnect
from tests.contract.agent.conftest import Agent

Handler = Callable[[socket.socket], None]


@contextlib.contextmanager
def serving(server: socket.socket, handler: Handler) -> Iterator[None]:
    def serve() -> None:
        connection, _ = server.accept()
        with connection:
            connection.settimeout(20)
            handler(connection)

    server.listen()
    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield
    finally:
        thread.join(20)
        server.close()


@pytest.fixture(params=["tcp", "unix"])
def target(request: pytest.FixtureRequest, agent: Agent) -> tuple[str, socket.socket]:
    """An address inside, and the socket that is bound to it."""
    if request.param == "tcp":
        server = agent.make_socket(socket.AF_INET)
        server.bind(("127.0.0.1", 0))
        return f"tcp:{server.getsockname()[1]}", server
    server = agent.make_socket(socket.AF_UNIX)
    path = agent.home / "service.sock"
    server.bind(str(path))
    path.chmod(0o666)
    return f"unix:{agent.folder}/service.sock", server


def read_all(connection: socket.socket) -> bytes:
    return b"".join(iter(lambda: connection.recv(65_536), b""))


def echo(connection: socket.socket) -> None:
    while data := connection.recv(65_536):
        connection.sendall(data)


def test_bytes_pass_both_ways_and_ends_are_passed_on(agent: Agent, target: tuple[str, socket.socket]):
    address, server = target
    data = os.urandom(3_000_000)

    with serving(server, echo), agent.client.connect(address, timeout=20) as connection:
        sender = threading.Thread(target=lambda: (connection.sendall(data), connection.shutdown(socket.SHUT_WR)))
        sender.start()
        received = read_all(connection)
        sender.join()

    assert received == data


def test_answer_of_a_server_that_closes_at_once_is_whole(agent: Agent, target: tuple[str, socket.socket]):
    address, server = target
    data = os.urandom(1_000_000)

    with (
        serving(server, lambda inside: inside.sendall(data)),
        agent.client.connect(address, timeout=20) as connection,
    ):
        received = read_all(connection)

    assert received == data


def test_request_of_a_client_that_closes_at_once_is_whole(agent: Agent, target: tuple[str, socket.socket]):
    address, server = target
    data = os.urandom(1_000_000)
    received: list[bytes] = []

    with (
        serving(server, lambda inside: received.append(read_all(inside))),
        agent.client.connect(address, timeout=20) as connection,
    ):
        connection.sendall(data)

    assert received == [data]


def test_client_that_vanishes_frees_its_place(agent: Agent, target: tuple[str, socket.socket]):
    address, server = target
    ended = threading.Event()

    def hold(inside: socket.socket) -> None:
        read_all(inside)
        ended.set()

    with serving(server, hold):
        agent.client.connect(address, timeout=20).close()
        assert ended.wait(20)

    assert agent.client.ping().connections == 1


def test_slow_reader_holds_up_nobody_else(agent: Agent, target: tuple[str, socket.socket]):
    address, server = target
    stop = threading.Event()

    def flood(inside: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while not stop.is_set():
                inside.sendall(bytes(65_536))

    with serving(server, flood), agent.client.connect(address, timeout=20):
        result = agent.client.run(["/bin/echo", "here"], cwd="/", timeout=5)
        stop.set()

    assert result.stdout == b"here\n"


def test_nobody_listens(agent: Agent):
    with agent.make_socket(socket.AF_INET) as unused:
        unused.bind(("127.0.0.1", 0))

        with pytest.raises(CannotConnect):
            agent.client.connect(f"tcp:{unused.getsockname()[1]}", timeout=20)


@pytest.mark.parametrize("path", ["/no/such.sock", "/etc/passwd"])
def test_no_socket_there(agent: Agent, path: str):
    with pytest.raises(CannotConnect):
        agent.client.connect(f"unix:{path}", timeout=20)


def test_socket_whose_queue_is_full_is_refused(agent: Agent):
    path = agent.home / "full.sock"
    with socket.socket(socket.AF_UNIX) as server, socket.socket(socket.AF_UNIX) as first:
        server.bind(str(path))
        server.listen(0)
        path.chmod(0o666)
        first.connect(str(path))

        with pytest.raises(CannotConnect):
            agent.client.connect(f"unix:{agent.folder}/full.sock", timeout=20)


def test_no_agent_answers(tmp_path: Path):
    from sandboxes.agent_client import AgentClient

    with pytest.raises(AgentUnavailable):
        AgentClient(tmp_path / "nobody.sock").connect("tcp:80", timeout=1)
