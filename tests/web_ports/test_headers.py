"""Headers on their way to a program and back."""

import uuid

import pytest

from web_ports.headers import request_headers, response_headers
from web_ports.names import place_of
from web_ports.refusals import NotShown, Reason

PLACE = place_of(uuid.UUID(int=1), 8080)
HOST = (b"host", PLACE.host.encode())


def scope(*headers: tuple[bytes, bytes]) -> dict[str, object]:
    return {"type": "http", "scheme": "http", "headers": [HOST, *headers]}


def passed_on(*headers: tuple[bytes, bytes]) -> dict[bytes, bytes]:
    return dict(request_headers(scope(*headers)))


@pytest.mark.parametrize(
    "headers",
    [
        [(b"content-length", b"1"), (b"content-length", b"2")],
        [(b"content-length", b"1"), (b"content-length", b"1")],
        [(b"content-length", b"1"), (b"transfer-encoding", b"chunked")],
        [(b"transfer-encoding", b"chunked"), (b"transfer-encoding", b"chunked")],
        [(b"transfer-encoding", b"gzip, chunked")],
        [(b"transfer-encoding", b"identity")],
        [(b"content-length", b"+1")],
        [(b"content-length", b"1, 1")],
        [(b"content-length", b"")],
        [(b"content-length", "١".encode())],
    ],
)
def test_a_length_that_two_could_read_differently_is_refused(headers) -> None:
    with pytest.raises(NotShown) as refused:
        request_headers(scope(*headers))

    assert refused.value.reason == Reason.BAD_REQUEST


def test_the_length_is_said_once() -> None:
    assert passed_on((b"content-length", b"12"))[b"content-length"] == b"12"
    chunked = passed_on((b"transfer-encoding", b"Chunked"))
    assert chunked[b"transfer-encoding"] == b"chunked"
    assert b"content-length" not in chunked


def test_a_connection_header_cannot_take_the_host_or_the_length_away() -> None:
    passed = passed_on((b"connection", b"Host, Content-Length, X-Gone"), (b"content-length", b"3"), (b"x-gone", b"1"))

    assert passed[b"host"] == HOST[1]
    assert passed[b"content-length"] == b"3"
    assert b"x-gone" not in passed


def test_an_answer_keeps_what_is_the_programs() -> None:
    headers = [(b"content-type", b"text/html"), (b"set-cookie", b"a=1"), (b"set-cookie", b"b=2"), (b"server", b"nginx")]

    assert response_headers(headers, PLACE) == headers


def test_an_answer_loses_what_is_not() -> None:
    headers = [
        (b"Connection", b"keep-alive, X-Hop"),
        (b"X-Hop", b"1"),
        (b"Keep-Alive", b"5"),
        (b"Transfer-Encoding", b"chunked"),
        (b"Content-Length", b"7"),
        (b"Upgrade", b"h2c"),
        (b"Alt-Svc", b'h2="evil.example:443"'),
        (b"Set-Cookie", b"muelle-port=x; Path=/"),
        (b"Date", b"Thu, 01 Jan 1970 00:00:00 GMT"),
    ]

    assert response_headers(headers, PLACE) == []


@pytest.mark.parametrize(
    ("said", "passed"),
    [
        (f"http://{PLACE.host}:8080/docs/?a=1#b", "/docs/?a=1#b"),
        (f"https://{PLACE.host}", "/"),
        (f"http://{PLACE.host}:80/x", "/x"),
        ("http://localhost:8080/x", "/x"),
        ("http://127.0.0.1:8080/x", "/x"),
        ("http://localhost:3000/x", "http://localhost:3000/x"),
        ("http://localhost/x", "http://localhost/x"),
        ("/x", "/x"),
        ("x", "x"),
        ("//evil.example/", "//evil.example/"),
        (f"http://{PLACE.host}//evil.example/", f"http://{PLACE.host}//evil.example/"),
        ("http://evil.example/", "http://evil.example/"),
        (f"javascript://{PLACE.host}/%0aalert(1)", f"javascript://{PLACE.host}/%0aalert(1)"),
        ("http://[/", "http://[/"),
        ("http://localhost:99999/", "http://localhost:99999/"),
    ],
)
def test_a_redirect_to_the_program_itself_becomes_a_path(said: str, passed: str) -> None:
    assert response_headers([(b"location", said.encode())], PLACE) == [(b"location", passed.encode())]
