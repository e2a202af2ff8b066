"""Requests to a lab's program and their answers, through the real door, server and agent."""

import socket
import threading
import time

import pytest
from requests.exceptions import ChunkedEncodingError

from tests.web_ports.lab_site import COOKIE, LabSite
from tests.web_ports.programs import PIECE, RawProgram


def test_a_program_gets_the_request_as_it_was_made(site: LabSite, program: int) -> None:
    told = site.heard(program, "/a%20b/%2F../c?x=1&y=%C3%B1", headers={"X-Own": "hello"})

    assert told["target"] == "/a%20b/%2F../c?x=1&y=%C3%B1"
    assert told["headers"]["host"] == site.host(program)
    assert told["headers"]["x-own"] == "hello"


@pytest.mark.parametrize("method", ["GET", "DELETE", "PROPFIND"])
def test_any_method_passes(site: LabSite, program: int, method: str) -> None:
    assert site.heard(program, method=method)["method"] == method


@pytest.mark.parametrize("method", ["TRACE", "CONNECT"])
def test_methods_that_are_no_questions_to_a_program_do_not(site: LabSite, program: int, method: str) -> None:
    assert site.ask(program, method=method).status_code == 400
    assert site.dialled == []


def test_head_has_a_length_and_no_body(site: LabSite, program: int) -> None:
    answer = site.ask(program, "/bytes?1000", method="HEAD")

    assert (answer.headers["content-length"], answer.content) == ("1000", b"")


def test_the_program_learns_nothing_about_the_visitor(site: LabSite, program: int) -> None:
    claims = {"X-Forwarded-For": "1.2.3.4", "Forwarded": "for=1.2.3.4", "X-Real-IP": "1.2.3.4", "Via": "1.1 me"}
    cookies = f"own=1; muelle-port={COOKIE}; other=2"

    told = site.heard(program, headers={**claims, "Cookie": cookies})

    assert told["headers"]["cookie"] == "own=1; other=2"
    assert "1.2.3.4" not in str(told)
    assert told["headers"]["x-forwarded-proto"] == "http"
    assert told["headers"]["x-forwarded-host"] == site.host(program)
    assert "via" not in told["headers"]


def test_what_belongs_to_one_connection_stays_on_it(site: LabSite, program: int) -> None:
    hops = {"Connection": "close, X-Secret", "X-Secret": "1", "TE": "trailers", "Upgrade": "h2c", "Keep-Alive": "9"}

    told = site.heard(program, headers=hops)

    assert told["headers"]["connection"] == "close"
    assert not {"x-secret", "te", "upgrade", "keep-alive"} & told["headers"].keys()


def test_the_answer_is_the_programs_own(site: LabSite) -> None:
    with RawProgram(
        b"HTTP/1.1 418 Teapot\r\nServer: pot\r\nX-Own: a\r\nX-Own: b\r\nContent-Length: 0\r\n\r\n"
    ) as program:
        answer = site.ask(program.port)

    assert answer.status_code == 418
    assert answer.headers["server"] == "pot"
    assert answer.headers["x-own"] == "a, b"


def test_a_large_answer_arrives_whole(site: LabSite, program: int) -> None:
    size = 20 * len(PIECE) + 7

    answer = site.ask(program, f"/bytes?{size}")

    assert answer.headers["content-length"] == str(size)
    assert answer.content == (PIECE * 21)[:size]


def test_chunks_arrive_whole(site: LabSite, program: int) -> None:
    answer = site.ask(program, "/chunks?2000")

    assert answer.text.split() == [str(number) for number in range(2000)]


@pytest.mark.parametrize("chunked", [False, True])
def test_a_large_body_arrives_whole(site: LabSite, program: int, chunked: bool) -> None:
    body = PIECE * 20

    told = site.ask(program, method="POST", data=iter([body[:7], body[7:]]) if chunked else body).json()

    assert told["size"] == len(body)
    headers = dict(told["headers"])
    assert ("transfer-encoding" in headers) is chunked
    assert ("content-length" in headers) is not chunked


def test_an_answer_may_come_before_the_whole_request(site: LabSite) -> None:
    answer = b"HTTP/1.1 413 Too Large\r\nContent-Length: 3\r\n\r\nno!"
    with RawProgram(answer, hold=True) as program:
        told = site.ask(program.port, method="POST", data=b"x" * 10_000_000)

    assert (told.status_code, told.content) == (413, b"no!")


def test_an_old_program_that_ends_its_answer_by_closing(site: LabSite) -> None:
    with RawProgram(b"HTTP/1.0 200 OK\r\nContent-Type: text/plain\r\n\r\nold but good") as program:
        answer = site.ask(program.port)

    assert (answer.status_code, answer.text) == (200, "old but good")


def test_informational_answers_are_skipped(site: LabSite) -> None:
    with RawProgram(b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n") as program:
        assert site.ask(program.port).status_code == 204


def test_events_arrive_when_they_are_sent(site: LabSite) -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\ndata: first\n\n"
    with RawProgram(head, hold=True) as program, site.ask(program.port, stream=True) as answer:
        assert next(answer.iter_content(100)) == b"data: first\n\n"


def test_a_redirect_is_passed_on_and_not_followed(site: LabSite, program: int) -> None:
    answer = site.ask(program, "/redirect?http://169.254.169.254/latest/")

    assert (answer.status_code, answer.headers["location"]) == (302, "http://169.254.169.254/latest/")
    assert [port for _, port in site.dialled] == [program]


@pytest.mark.parametrize(
    ("reason", "answer"),
    [
        ("hung_up", b""),
        ("not_http", b"SSH-2.0-OpenSSH_9.2\r\n\r\n"),
        ("not_http", b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab"),
        ("not_http", b"HTTP/1.1 200 OK\r\nX: " + b"y" * 70_000),
        ("not_http", b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n"),
    ],
)
def test_what_is_no_answer_gets_a_page_of_ours(site: LabSite, reason: str, answer: bytes) -> None:
    with RawProgram(answer) as program:
        told = site.ask(program.port, headers={"Accept": "text/html"})

    assert (told.status_code, told.headers["muelle-page"]) == (502, reason)


def test_nobody_listens(site: LabSite) -> None:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]

    answer = site.ask(port, headers={"Accept": "text/html"})

    assert (answer.status_code, answer.headers["muelle-page"]) == (502, "nothing_listens")
    assert str(port) in answer.text


def test_an_answer_that_breaks_off_breaks_off(site: LabSite) -> None:
    with (
        RawProgram(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort") as program,
        pytest.raises(ChunkedEncodingError),
    ):
        site.ask(program.port)


def test_a_program_that_never_answers_is_given_up(site: LabSite, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("web_ports.exchange.ANSWER_SECONDS", 0.3)
    with RawProgram(b"", hold=True) as program:
        answer = site.ask(program.port)

    assert (answer.status_code, answer.headers["muelle-page"]) == (504, "no_answer")


def test_a_browser_that_leaves_frees_its_stream(site: LabSite) -> None:
    with RawProgram(b"", hold=True) as program:
        for _ in range(30):
            with socket.create_connection(("127.0.0.1", site.port)) as browser:
                head = f"GET / HTTP/1.1\r\nHost: {site.host(program.port)}\r\nCookie: muelle-port={COOKIE}\r\n\r\n"
                browser.sendall(head.encode())
                while not site.dialled:
                    time.sleep(0.01)
                site.dialled.clear()

    assert_free(site)


def test_streams_beyond_the_limit_wait_for_their_turn(site: LabSite, program: int) -> None:
    answers: list[int] = []
    threads = [
        threading.Thread(target=lambda: answers.append(site.ask(program, "/slow?0.2").status_code)) for _ in range(30)
    ]

    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert answers == [200] * 30


def test_streams_that_wait_too_long_are_refused(site: LabSite, program: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("web_ports.streams.take_stream.__wrapped__.__defaults__", (0.2,))
    with RawProgram(b"", hold=True) as silent:
        for _ in range(12):
            threading.Thread(target=site.ask, args=(silent.port,), daemon=True).start()
        while len(site.dialled) < 12:
            time.sleep(0.01)

        answer = site.ask(program)

    assert (answer.status_code, answer.headers["muelle-page"]) == (503, "too_many")


def assert_free(site: LabSite) -> None:
    """Every stream has been given back."""
    end = time.monotonic() + 5
    while site.watch._tickets and time.monotonic() < end:
        time.sleep(0.02)
    assert not site.watch._tickets
