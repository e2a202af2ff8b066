import socket
import stat
import threading
from pathlib import Path

import pytest

from sandboxes.agent_client import AgentProtocolError, AgentUnavailable, Bootstrap


@pytest.fixture
def bootstrap(tmp_path: Path) -> Bootstrap:
    return Bootstrap(tmp_path / "boot" / "one", tmp_path / "agents" / "one.sock")


def fetch(path: Path, answer: bytes) -> list[socket.socket]:
    """What an agent does, with its confirmation to choose."""
    fetched: list[socket.socket] = []

    def agent() -> None:
        with socket.socket(socket.AF_UNIX) as connection:
            connection.connect(str(path))
            data, descriptors, _, _ = socket.recv_fds(connection, 10, 4)
            assert data == b"L"
            fetched.extend(socket.socket(fileno=number) for number in descriptors)
            connection.sendall(answer)

    threading.Thread(target=agent).start()
    return fetched


def test_sockets_can_be_used_by_the_right_ones_only(bootstrap: Bootstrap, tmp_path: Path):
    bootstrap.prepare()

    def mode(path: str) -> int:
        return stat.S_IMODE((tmp_path / path).stat().st_mode)

    assert [mode(path) for path in ("agents", "agents/one.sock", "boot/one", "boot/one/boot.sock")] == [
        0o700,
        0o600,
        0o755,
        0o666,
    ]
    bootstrap.remove()


def test_listener_works_in_the_hands_of_the_agent(bootstrap: Bootstrap, tmp_path: Path):
    bootstrap.prepare()
    fetched = fetch(tmp_path / "boot/one/boot.sock", b"R")

    bootstrap.hand_over(timeout=5)

    with fetched[0] as listener, socket.socket(socket.AF_UNIX) as caller:
        listener.settimeout(5)
        caller.connect(str(tmp_path / "agents/one.sock"))
        listener.accept()[0].close()
    assert len(fetched) == 1
    assert list((tmp_path / "boot/one").iterdir()) == []


def test_agent_that_does_not_come(bootstrap: Bootstrap, tmp_path: Path):
    bootstrap.prepare()

    with pytest.raises(AgentUnavailable, match="did not fetch"):
        bootstrap.hand_over(timeout=0.1)

    assert not (tmp_path / "boot/one/boot.sock").exists()


def test_agent_that_confirms_something_else(bootstrap: Bootstrap, tmp_path: Path):
    bootstrap.prepare()
    fetched = fetch(tmp_path / "boot/one/boot.sock", b"x")

    with pytest.raises(AgentProtocolError):
        bootstrap.hand_over(timeout=5)

    fetched[0].close()


def test_leftovers_of_an_earlier_attempt_are_replaced(bootstrap: Bootstrap, tmp_path: Path):
    bootstrap.prepare()
    bootstrap.close()
    again = Bootstrap(tmp_path / "boot" / "one", tmp_path / "agents" / "one.sock")

    again.prepare()
    again.remove()

    assert not (tmp_path / "boot" / "one").exists()
    assert not (tmp_path / "agents" / "one.sock").exists()
    again.remove()


def test_path_too_long_for_a_socket_leaves_nothing_open(tmp_path: Path):
    with pytest.raises(OSError, match="too long"):
        Bootstrap(tmp_path / "boot", tmp_path / ("a" * 120)).prepare()


def test_handing_over_needs_preparing(bootstrap: Bootstrap):
    with pytest.raises(RuntimeError):
        bootstrap.hand_over(timeout=1)
