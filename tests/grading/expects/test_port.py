"""`port`, on sockets that really listen."""

import socket

import pytest

from grading.expects import port


@pytest.fixture
def judged(look):
    def judge(**arguments):
        return port.judge(arguments, port.gather(arguments, look()))

    return judge


@pytest.fixture
def free() -> int:
    """A port at which nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


@pytest.mark.parametrize(
    ("family", "bound", "said"),
    [
        (socket.AF_INET, "127.0.0.1", "127.0.0.1"),
        (socket.AF_INET, "0.0.0.0", "0.0.0.0"),
        (socket.AF_INET6, "::1", "::1"),
        (socket.AF_INET6, "::", "::"),
        (socket.AF_INET6, "::ffff:127.0.0.1", "127.0.0.1"),
    ],
)
def test_what_listens_is_seen_with_its_address(judged, family, bound, said):
    listener = socket.socket(family)
    with listener:
        listener.bind((bound, 0))
        listener.listen()
        number = listener.getsockname()[1]

        assert judged(port=number).passed
        assert judged(port=number, address=said).passed
        assert judged(port=number).observed == said
        assert not judged(port=number, absent=True).passed


def test_nobody_is_connected_to(judged):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.setblocking(False)

        assert judged(port=listener.getsockname()[1]).passed

        with pytest.raises(BlockingIOError):
            listener.accept()


def test_a_connection_does_not_listen(judged):
    with socket.create_server(("127.0.0.1", 0)) as listener, socket.create_connection(listener.getsockname()) as client:
        assert not judged(port=client.getsockname()[1]).passed


def test_udp_is_another_protocol(judged):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as bound:
        bound.bind(("127.0.0.1", 0))
        number = bound.getsockname()[1]

        assert judged(port=number, protocol="udp").passed
        assert not judged(port=number).passed


def test_where_nothing_listens_that_is_said(judged, free):
    finding = judged(port=free)

    assert finding.observed is None
    assert finding.aspects[0].expected["en"] == f"Something listens at port `{free}/tcp`"
    assert finding.aspects[0].found["en"] == f"Nothing listens at port `{free}/tcp`"
    assert judged(port=free, absent=True).passed


def test_another_address_is_said(judged):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        number = listener.getsockname()[1]

        aspect = judged(port=number, address="0.0.0.0").aspects[1]

    assert aspect.expected["en"] == f"The address of port `{number}/tcp` is `0.0.0.0`"
    assert aspect.found["en"] == f"The address of port `{number}/tcp` is `127.0.0.1`"
