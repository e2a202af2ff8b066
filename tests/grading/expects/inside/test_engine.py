"""The engine of a sandbox, read from outside: few requests, all of them GET, and no harm from an engine that lies."""

import socket
import time
import tracemalloc

import pytest

from grading.expects.errors import CouldNotLook
from grading.expects.inside import engine as inner
from tests.grading.fake_engine import answer


def test_json_is_read_and_what_is_not_there_is_none(engine, look_at):
    engine.has("/containers/json", [{"Id": "a"}])
    view = look_at()

    assert view.engine.read("containers", "json", all="1") == [{"Id": "a"}]
    assert view.engine.read("containers", "web", "json") is None
    assert engine.requests == ["GET /containers/json?all=1 HTTP/1.1", "GET /containers/web/json HTTP/1.1"]


def test_what_was_asked_is_not_asked_again_through_the_same_view(engine, look_at):
    engine.has("/images/json", [])
    view = look_at()

    for _time in range(3):
        view.engine.read("images", "json")
        view.engine.events(1.0)

    assert engine.paths == ["/images/json", "/events"]
    look_at().engine.read("images", "json")
    assert engine.paths[2:] == ["/images/json"]


def test_nothing_in_a_name_becomes_part_of_the_path_or_another_request(engine, look_at):
    view = look_at()

    view.engine.read("volumes", "a/../b?c=1 HTTP/1.1\r\nDELETE /x")

    assert engine.requests == [
        "GET /volumes/a%2F..%2Fb%3Fc=1%20HTTP%2F1.1%0D%0ADELETE%20%2Fx HTTP/1.1".replace("=", "%3D")
    ]


def test_events_are_those_until_now(engine, look_at):
    engine.has("/events", b'{"Type":"container"}\n{"Type":"image"}\n')

    events = look_at().engine.events(1000.5)

    assert [event["Type"] for event in events] == ["container", "image"]
    assert engine.query(0)["since"] == ["1000.500000"]
    assert time.time() - 5 < float(engine.query(0)["until"][0]) <= time.time()


def test_an_engine_that_is_not_there_is_an_error_that_may_pass(look):
    view = look(engine_address="unix:/nowhere/docker.sock")

    with pytest.raises(CouldNotLook) as raised:
        view.engine.read("images", "json")

    assert raised.value.sentence == inner.NO_ENGINE
    assert raised.value.transient


def test_a_sandbox_without_an_engine_is_the_authors_mistake(look):
    with pytest.raises(CouldNotLook) as raised:
        look().engine.read("images", "json")

    assert raised.value.sentence == inner.HAS_NONE
    assert not raised.value.transient


def test_an_engine_in_trouble_is_an_error_that_may_pass(engine, look_at):
    engine.behaviour = lambda connection: connection.sendall(answer(b"{}", "500 Internal Server Error"))

    with pytest.raises(CouldNotLook, match="status 500") as raised:
        look_at().engine.read("images", "json")

    assert raised.value.transient


def test_after_one_failure_nothing_more_is_asked_in_this_look(engine, look_at):
    engine.behaviour = lambda connection: connection.sendall(answer(b"{}", "500 Internal Server Error"))
    view = look_at()

    for _time in range(3):
        with pytest.raises(CouldNotLook):
            view.engine.read("images", "json")

    assert len(engine.requests) == 1


def send_forever(piece: bytes, pause: float = 0.0, head: bytes = b""):
    """Send until nobody listens."""

    def behave(connection: socket.socket) -> None:
        connection.sendall(head)
        while True:
            connection.sendall(piece)
            time.sleep(pause)

    return behave


def send(everything: bytes):
    return lambda connection: connection.sendall(everything)


def hold(connection: socket.socket) -> None:
    time.sleep(8)


HEAD = b"HTTP/1.1 200 OK\r\n"
CHUNKED = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"
HOSTILE = {
    "an endless body": send_forever(b"x" * 65536, head=HEAD + b"\r\n"),
    "a body that drips": send_forever(b"[", 0.05, HEAD + b"Content-Length: 100000\r\n\r\n"),
    "headers that drip": send_forever(b"a", 0.05, HEAD),
    "silence": hold,
    "an endless header": send_forever(b"a" * 65536, head=HEAD + b"X: "),
    "endless headers": send_forever(b"X-A: b\r\n" * 8192, head=HEAD),
    "endless answers before the answer": send_forever(b"HTTP/1.1 100 Continue\r\n\r\n" * 1000),
    "endless chunks": send_forever(b"ffff\r\n" + b"x" * 65535 + b"\r\n", head=CHUNKED),
    "chunks of one byte": send_forever(b"1\r\n[\r\n" * 10_000, head=CHUNKED),
    "a chunk without a size": send_forever(b"0" * 65536, head=CHUNKED),
    "a chunk of 16 exabytes": send(CHUNKED + b"ffffffffffffffff\r\n["),
    "a length of 10 GB": send_forever(b"[" * 65536, head=HEAD + b"Content-Length: 10737418240\r\n\r\n"),
    "a length that is none": send(HEAD + b"Content-Length: -1\r\n\r\n[]"),
    "two lengths": send(HEAD + b"Content-Length: 1\r\nContent-Length: 2\r\n\r\n[]"),
    "less than the length": send(HEAD + b"Content-Length: 100\r\n\r\n[]"),
    "no HTTP": send(b"SSH-2.0-OpenSSH_9.2\r\n"),
    "nothing": send(b""),
    "zeroes": send_forever(b"\0" * 65536),
    "deep lists": send(answer(b"[" * 900_000)),
    "deep mappings": send(answer(b'{"a":' * 150_000 + b"1" + b"}" * 150_000)),
    "a long number": send(answer(b"9" * 100_000)),
    "no number": send(answer(b"[NaN, Infinity]")),
    "no UTF-8": send(answer(b'["\xff\xfe"]')),
    "half of a list": send(answer(b'[{"Id": "a"}')),
    "an empty body": send(answer(b"")),
    "a redirect": send(b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1/\r\nContent-Length: 0\r\n\r\n"),
    "another protocol": send(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: tcp\r\nConnection: Upgrade\r\n\r\n"),
}


@pytest.mark.parametrize("how", HOSTILE)
def test_whatever_answers_it_is_an_error_soon_and_costs_little(engine, look_at, monkeypatch, how):
    monkeypatch.setattr(inner, "REQUEST_TIMEOUT", 1.0)
    engine.behaviour = HOSTILE[how]
    view = look_at()
    began = time.monotonic()
    tracemalloc.start()

    with pytest.raises(CouldNotLook):
        view.engine.read("containers", "json")

    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert time.monotonic() - began < 2.5
    assert peak < 50 * 2**20


def test_the_largest_answer_that_is_read_costs_little(engine, look_at):
    """Empty mappings are what JSON makes most of."""
    engine.has("/containers/json", b"[" + b"{}," * ((inner.MAX_RESPONSE - 10) // 3) + b"1]")
    tracemalloc.start()

    found = look_at().engine.read("containers", "json")

    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert len(found) > 300_000
    assert peak < 50 * 2**20


def read_four(view) -> None:
    for number in range(4):
        view.engine.read("containers", str(number), "json")


def test_all_answers_of_a_look_together_are_limited(engine, look_at):
    for number in range(4):
        engine.has(f"/containers/{number}/json", ["x" * 600_000])

    with pytest.raises(CouldNotLook) as raised:
        read_four(look_at())

    assert raised.value.sentence == inner.TOO_MUCH


def test_the_requests_of_a_look_are_limited(engine, look_at, monkeypatch):
    monkeypatch.setattr(inner, "MAX_REQUESTS", 3)

    with pytest.raises(CouldNotLook) as raised:
        read_four(look_at())

    assert raised.value.sentence == inner.TOO_MUCH
    assert len(engine.requests) == 3


def test_no_request_goes_on_after_the_time_of_all_checks(engine, look_at):
    engine.behaviour = hold
    began = time.monotonic()

    with pytest.raises(CouldNotLook):
        look_at(seconds=0.5).engine.read("containers", "json")

    assert time.monotonic() - began < 1.5
