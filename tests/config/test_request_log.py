"""One line for each request: its route and never its path, numbers and never names."""

import json
import logging

import pytest
from asgiref.testing import ApplicationCommunicator
from django.conf import settings
from django.core.asgi import get_asgi_application

from audit import context
from audit.json_lines import JsonLines
from config.request_log import logged
from tests.terminal.sites import sign_in

SECRET = "canary-in-the-address"
PAGES = get_asgi_application()  # here, since it configures the logs anew


class Lines(list[logging.LogRecord]):
    """What the handler of the site would write, passed through its filter."""


@pytest.fixture
def lines():
    collected = Lines()

    class Collector(logging.Handler):
        def emit(self, record):
            collected.append(record)

    collector = Collector()
    collector.addFilter(context.ActingFilter())
    root = logging.getLogger()
    root.addHandler(collector)
    yield collected
    root.removeHandler(collector)


async def ask(path: str, *, query: bytes = b"", cookie: str = "", application=None) -> list[dict]:
    """Send a request through the wrapped application; return its answer."""
    scope = {
        "type": "http", "method": "GET", "path": path, "query_string": query, "scheme": "http",
        "headers": [(b"host", b"localhost"), (b"cookie", cookie.encode())],
        "client": ("127.0.0.1", 1), "server": ("localhost", 80),
    }  # fmt: skip
    communicator = ApplicationCommunicator(logged(application or PAGES), scope)
    await communicator.send_input({"type": "http.request", "body": b""})
    answer = [await communicator.receive_output(5)]
    while answer[-1]["type"] == "http.response.start" or answer[-1].get("more_body"):
        answer.append(await communicator.receive_output(5))
    await communicator.wait(5)
    return answer


def own(lines: list[logging.LogRecord]) -> list[logging.LogRecord]:
    return [record for record in lines if record.name == "muelle.access"]


async def test_a_request_is_one_line_with_its_route(lines):
    answer = await ask("/sign-in/", query=f"next=/{SECRET}/".encode())

    [line] = own(lines)
    assert line.getMessage().startswith("GET sign-in/ 200 ")
    assert (line.status, line.route, line.user_id) == (200, "sign-in/", "")
    headers = dict(answer[0]["headers"])
    assert headers[b"x-request-id"].decode() == line.request_id
    assert f"request={line.request_id}" in line.acting


async def test_a_path_that_leads_nowhere_is_not_written_down(lines):
    await ask(f"/nowhere/{SECRET}/", query=SECRET.encode())

    written = [record.getMessage() for record in lines]
    assert any("Not Found: (no route)" in line for line in written)
    assert not [line for line in written if SECRET in line]
    assert own(lines)[0].status == 404


async def test_what_breaks_is_an_error_of_this_request(lines):
    async def broken(_scope, _receive, _send):
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await ask("/", application=broken)

    assert own(lines)[0].status == 500


async def test_who_went_elsewhere_is_no_error_of_the_site(lines):
    async def left(_scope, _receive, _send):
        """End as Django does when the line to the browser is gone: without an answer."""

    await logged(left)({"type": "http", "method": "GET", "path": "/"}, None, None)

    assert own(lines)[0].status == 499


async def test_files_and_questions_of_machines_are_quiet_while_they_are_well(lines, db):
    await ask("/static/css/none.css", application=_answer)
    await ask("/healthz", application=_healthz)

    assert own(lines) == []


async def _answer(_scope, _receive, send, status: int = 200) -> None:
    await send({"type": "http.response.start", "status": status, "headers": []})
    await send({"type": "http.response.body", "body": b""})


async def _healthz(scope, receive, send) -> None:
    context.note(route="healthz")
    await _answer(scope, receive, send)


async def test_a_socket_is_one_line_when_it_ends(lines):
    async def terminal(_scope, _receive, _send):
        context.note(user=7, session="s-1", route="ws/terminal")

    await logged(terminal)({"type": "websocket", "path": "/ws/"}, None, None)

    [line] = own(lines)
    assert line.getMessage().startswith("SOCKET ws/terminal closed ")
    assert (line.user_id, line.session_id) == ("7", "s-1")


@pytest.mark.django_db(transaction=True)
async def test_who_is_signed_in_is_a_number(lines, alice):
    store = await sign_in(alice)

    await ask("/progress/", cookie=f"{settings.SESSION_COOKIE_NAME}={store.session_key}")

    [line] = own(lines)
    assert (line.status, line.user_id) == (200, str(alice.pk))
    assert "alice" not in "".join(f"{record.getMessage()}{record.acting}" for record in lines)


def test_json_lines_hold_the_known_fields_and_no_others():
    context.begin("abc")
    context.note(user=3, session="s")
    record = logging.LogRecord("muelle.access", logging.INFO, "", 0, "GET %s", ("x",), None)
    record.status, record.request, record.data = 200, SECRET, {"args": SECRET}

    context.ActingFilter().filter(record)
    said = json.loads(JsonLines().format(record))

    assert said.pop("timestamp").endswith("+00:00")
    assert said == {
        "level": "INFO", "logger": "muelle.access", "message": "GET x",
        "request_id": "abc", "user_id": "3", "session_id": "s", "status": 200,
    }  # fmt: skip


def test_an_exception_is_in_the_json_line():
    try:
        raise ValueError("why")
    except ValueError as error:
        record = logging.LogRecord("x", logging.ERROR, "", 0, "broke", None, (ValueError, error, error.__traceback__))

    context.ActingFilter().filter(record)

    assert "ValueError: why" in json.loads(JsonLines().format(record))["exc_info"]
