"""Free ports."""

import socket

from tools.ports import free_port, is_free


def test_the_preferred_port_when_it_is_free():
    port = free_port()

    assert free_port(port) == port


def test_the_next_one_when_somebody_listens_there():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]

        found = free_port(port)

        assert not is_free(port)
        assert found != port
        assert is_free(found)
