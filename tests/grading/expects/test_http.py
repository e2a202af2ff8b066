"""`http`, on servers that answer, lie and keep silent."""

import socket
import threading
import time
import tracemalloc

import pytest

from grading.expects import http


@pytest.fixture
def serve():
    """Serve bytes, or do something else with each connection; returns the port and what was asked."""
    listeners = []

    def start(answer, status="200 OK", headers=""):
        asked = []
        listener = socket.create_server(("127.0.0.1", 0))
        listeners.append(listener)

        def handle(connection):
            with connection:
                asked.append(connection.recv(65536).decode())
                if callable(answer):
                    answer(connection)
                else:
                    head = f"HTTP/1.1 {status}\r\nContent-Length: {len(answer)}\r\n{headers}\r\n"
                    connection.sendall(head.encode() + answer)

        def run():
            while True:
                try:
                    connection, _address = listener.accept()
                except OSError:
                    return
                threading.Thread(target=_quietly, args=(handle, connection), daemon=True).start()

        threading.Thread(target=run, daemon=True).start()
        return listener.getsockname()[1], asked

    yield start
    for listener in listeners:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()


def _quietly(handle, connection):
    try:
        handle(connection)
    except OSError:
        return  # the check has heard enough


@pytest.fixture
def judged(look):
    def judge(**arguments):
        return http.judge(arguments, http.gather(arguments, look()))

    return judge


def test_status_headers_and_body_are_compared(serve, judged):
    port, asked = serve(b"<h1>Welcome to nginx</h1>", headers="Server: nginx/1.26\r\nX-A: 1\r\nX-A: 2\r\n")

    assert judged(port=port).passed
    assert judged(port=port, status=200, headers={"SERVER": {"contains": "nginx"}, "X-A": "1, 2"}).passed
    assert judged(port=port, body={"contains": "Welcome", "matches": "^<h1>"}).passed
    assert judged(port=port, body="<h1>Welcome to nginx</h1>").passed
    assert asked[0].startswith("GET / HTTP/1.1\r\n")
    assert f"Host: localhost:{port}\r\n" in asked[0]


def test_what_is_not_so_is_said(serve, judged):
    port, _asked = serve(b"boya", "404 Not Found")

    finding = judged(port=port, path="/x?y=1", body={"contains": "faro"}, headers={"Server": "nginx"})

    assert [aspect.found["en"] for aspect in finding.aspects] == [
        f"The status of `http://localhost:{port}/x?y=1` is `404`",
        f"The header `Server` of `http://localhost:{port}/x?y=1` is not there",
        f"The content of `http://localhost:{port}/x?y=1` is `boya`",
    ]
    assert finding.observed == 404


def test_places_in_json_are_compared(serve, judged):
    port, _asked = serve(b'{"items": [{"name": "web"}], "ok": true}')

    assert judged(port=port, json={"items[0].name": "web", "ok": True, "items[1]": {"absent": True}}).passed
    assert not judged(port=port, json={"ok": False}).passed


def test_a_body_that_is_no_json_is_a_fail(serve, judged):
    port, _asked = serve(b"[" * 5000)

    finding = judged(port=port, json={"a": 1})

    assert finding.aspects[1].found["en"] == f"`http://localhost:{port}/` cannot be read as JSON"


def test_another_host_can_be_asked_for(serve, judged):
    port, asked = serve(b"")

    judged(port=port, host="web.example")

    assert "Host: web.example\r\n" in asked[0]


def test_redirects_are_answers(serve, judged):
    port, asked = serve(b"", "301 Moved Permanently", "Location: http://127.0.0.1:1/\r\n")

    assert judged(port=port, status=301, headers={"location": {"contains": "127.0.0.1"}}).passed
    assert not judged(port=port).passed
    assert len(asked) == 2


def test_a_port_where_nobody_listens_is_a_fail(judged):
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]

    finding = judged(port=port)

    assert not finding.passed
    assert finding.observed is None
    assert finding.aspects[0].expected["en"] == f"The status of `http://localhost:{port}/` is `200`"
    assert finding.aspects[0].found["en"] == f"Nothing listens at port {port}"


@pytest.mark.parametrize(
    "answer",
    [
        b"SSH-2.0-OpenSSH_9.2\r\n",
        b"",
        b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc",
        b"HTTP/1.1 200 OK\r\nContent",
    ],
    ids=["ssh", "closed", "broken off", "half a head"],
)
def test_who_speaks_no_http_is_a_fail(serve, judged, answer):
    port, _asked = serve(lambda connection: connection.sendall(answer))

    finding = judged(port=port)

    assert finding.aspects[0].found["en"] == f"What listens at port {port} does not answer as a web server does"


def drip(connection: socket.socket) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 10000\r\n\r\n")
    while True:
        connection.sendall(b"x")
        time.sleep(0.05)


@pytest.mark.parametrize("answer", [drip, lambda connection: time.sleep(5)], ids=["drips", "is silent"])
def test_who_takes_too_long_is_a_fail_in_time(serve, judged, answer):
    port, _asked = serve(answer)
    began = time.monotonic()

    finding = judged(port=port, timeout=1)

    assert time.monotonic() - began < 2
    assert finding.aspects[0].found["en"] == f"The server at port {port} did not answer within 1 seconds"


def flood(connection: socket.socket) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\n\r\nfaro")
    while True:
        connection.sendall(b"x" * 65536)


def test_an_endless_body_is_cut_and_costs_little(serve, judged):
    port, _asked = serve(flood)
    tracemalloc.start()

    contains = judged(port=port, body={"contains": "faro"})
    equals = judged(port=port, body="faro")

    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert contains.passed
    assert equals.aspects[1].found["en"] == f"`http://localhost:{port}/` is too long to be compared"
    assert peak < 50 * 2**20


def test_nothing_that_is_said_acts_on_a_page_or_a_terminal(serve, judged):
    port, _asked = serve(b"\x1b[2J`\xff\x00</script>", headers="X-B: \xff\r\n")

    finding = judged(port=port, body="x", headers={"X-B": "a"})

    assert "\x1b" not in str(finding)
    assert "\x00" not in str(finding)
