"""Lab origins at an address: another host than the platform's, one program each, and nothing of the platform."""

import uuid
from dataclasses import dataclass, field
from urllib.parse import urlencode

import pytest
from asgiref.testing import ApplicationCommunicator
from channels.db import database_sync_to_async
from django.test import Client

from tests.web.html import Structure
from tests.web_ports.conftest import ready, sign_in_of
from web_ports.actions import choose_listener, issue_ticket
from web_ports.dispatch import by_host
from web_ports.endpoint import WebPorts
from web_ports.headers import response_headers
from web_ports.models import Visit
from web_ports.slots import Slot, slot_at

SLOT = Slot(8101, "10.0.0.5", 8080)
LISTENERS = [8101, 8102]


@pytest.fixture(autouse=True)
def _listeners(settings) -> None:
    settings.MUELLE_LAB_PORTS = LISTENERS


@dataclass
class Answer:
    status: int
    headers: dict[str, str] = field(default_factory=dict)
    body: str = ""


async def platform(scope, receive, send) -> None:
    """Stands for the platform, and says so."""
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"platform"})


async def ask(path: str = "/", *, listener: int = 8101, method: str = "GET", body: bytes = b"", **headers) -> Answer:
    """One request to what listens at 10.0.0.5, through the real application."""
    said = {"host": f"[::ffff:a00:5]:{listener}", "accept": "text/html", **headers}
    scope = {
        "type": "http",
        "method": method,
        "scheme": "http",
        "server": ("10.0.0.5", listener),
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "headers": [(name.encode(), value.encode()) for name, value in said.items()],
    }
    browser = ApplicationCommunicator(by_host(labs=WebPorts(), platform=platform), scope)
    await browser.send_input({"type": "http.request", "body": body, "more_body": False})
    start = await browser.receive_output(5)
    text = (await browser.receive_output(5)).get("body", b"").decode()
    return Answer(start["status"], {name.decode(): value.decode() for name, value in start["headers"]}, text)


def test_the_second_spelling_is_what_browsers_make_of_it() -> None:
    assert slot_at("10.77.0.1", 8101) == Slot(8101, "10.77.0.1")
    assert Slot(8101, "10.77.0.1").authority == "[::ffff:a4d:1]:8101"
    assert Slot(8101, "192.168.1.20").host == "[::ffff:c0a8:114]"
    assert slot_at("::1", 8101) is None


@pytest.mark.abuse
@pytest.mark.parametrize(
    "host",
    ["10.0.0.5:8101", "10.0.0.5", "muelle.local:8101", "[::ffff:a00:5]", "[::ffff:a00:6]:8101", "localhost:8101"],
)
async def test_under_another_name_a_listener_for_labs_shows_nothing(host) -> None:
    answer = await ask(host=host)

    assert (answer.status, "platform" in answer.body) == (404, False)


@pytest.mark.abuse
@pytest.mark.django_db(transaction=True)
async def test_the_platform_is_not_served_for_labs_nor_labs_with_the_platform() -> None:
    assert (await ask("/sign-in/")).status == 403
    assert (await ask(listener=8000, host="10.0.0.5:8000")).body == "platform"
    # The second spelling on the platform's own port is the platform's to refuse: it is none of its hosts.
    assert (await ask(listener=8000, host="[::ffff:a00:5]:8000")).body == "platform"


def test_the_platform_refuses_the_second_spelling(client, db, settings) -> None:
    settings.ALLOWED_HOSTS = ["10.0.0.5"]

    assert client.get("/sign-in/", headers={"Host": "[::ffff:a00:5]:8000"}).status_code == 400
    assert client.get("/sign-in/", headers={"Host": "10.0.0.5:8000"}).status_code == 200


@pytest.mark.abuse
@pytest.mark.django_db(transaction=True)
async def test_a_ticket_becomes_a_cookie_of_this_slot_only(session) -> None:
    def issue() -> str:
        sign_in = sign_in_of(session.learner)
        return issue_ticket(by=session.learner, session=session, port=3000, sign_in=sign_in, back="/l/", listener=8101)

    form = urlencode({"ticket": await database_sync_to_async(issue)()}).encode()
    assert (await ask("/.muelle/enter", listener=8102, method="POST", body=form)).status == 403
    entered = await ask("/.muelle/enter", method="POST", body=form)
    cookie = entered.headers["set-cookie"]

    assert (entered.status, entered.headers["location"]) == (303, "/")
    assert cookie.startswith("muelle-port-8101=")
    assert "HttpOnly; SameSite=Lax" in cookie
    secret = cookie.partition(";")[0].partition("=")[2]
    # Admitted, as far as a sandbox that is a row only can be.
    assert (await ask(cookie=f"muelle-port-8101={secret}")).status in (502, 503)
    assert (await ask(listener=8102, cookie=f"muelle-port-8102={secret}")).status == 403
    assert (await ask("/.muelle/enter", method="POST", body=form)).status == 403
    for origin in ("http://[::ffff:a00:5]:8102", "http://1-x.labs.localhost:8101"):
        assert (await ask(cookie=f"muelle-port-8101={secret}", origin=origin)).status == 403


def test_each_port_keeps_its_listener_and_the_one_unused_longest_gives_way(session, lab, bob) -> None:
    def opened(port: int, lab_session=session, sign_in: str = "key") -> int:
        listener = choose_listener(sign_in=sign_in, session=lab_session, port=port, listeners=LISTENERS)
        issue_ticket(
            by=lab_session.learner, session=lab_session, port=port, sign_in=sign_in, back="/", listener=listener
        )
        return listener

    assert [opened(3000), opened(4000), opened(3000)] == [8101, 8102, 8101]
    assert [opened(5000), opened(3000)] == [8102, 8101]
    assert opened(6000, ready(lab, bob), "other") == 8101


def test_programs_redirect_to_themselves_and_keep_their_cookies_but_not_ours() -> None:
    said = [
        (b"location", b"http://[::ffff:a00:5]:8101/x"),
        (b"set-cookie", b"theirs=1"),
        (b"set-cookie", b"muelle-port-8102=x"),
        (b"set-cookie", b"__Host-muelle-port-8102=x"),
    ]

    assert response_headers(said, SLOT) == [(b"location", b"/x"), (b"set-cookie", b"theirs=1")]
    other = [(b"location", b"http://[::ffff:a00:5]:8102/x")]
    assert response_headers(other, SLOT) == other


def test_the_button_leads_to_a_slot_where_the_platform_is_reached_by_address(alice, session, settings) -> None:
    settings.ALLOWED_HOSTS = ["10.0.0.5", "muelle.local", "localhost"]
    browser = Client(headers={"Host": "10.0.0.5:8000"}, SERVER_NAME="10.0.0.5")
    browser.force_login(alice)

    page = Structure(browser.post(f"/lab-sessions/{session.pk}/ports/", {"port": "3000"}).content.decode())
    assert page.one("form")["action"] == "http://[::ffff:a00:5]:8101/.muelle/enter"
    named = browser.post(f"/lab-sessions/{session.pk}/ports/", {"port": "3000"}, headers={"Host": "muelle.local:8000"})
    assert Structure(named.content.decode()).one("form")["action"] == "http://[::ffff:a00:5]:8101/.muelle/enter"
    assert list(Visit.objects.values_list("listener", "port")) == [(8101, 3000), (8101, 3000)]
    # On the server itself names work, and are better.
    here = browser.post(f"/lab-sessions/{session.pk}/ports/", {"port": "3000"}, headers={"Host": "localhost:8000"})
    assert ".labs.localhost:8000/" in Structure(here.content.decode()).one("form")["action"]


def test_a_label_is_not_asked_of_a_slot() -> None:
    assert SLOT.is_of(uuid.uuid4())
