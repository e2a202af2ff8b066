"""A phone in a classroom: the test of the device, https by our own authority, and ports of labs at an address."""

from __future__ import annotations

import ssl
import subprocess
from collections.abc import Callable, Iterator

import pytest
import requests
from axe_playwright_python.sync_playwright import Axe
from learner_client import LearnerClient
from playwright.sync_api import BrowserContext, Page, Request, expect
from port_visitor import run_program
from running_site import PASSWORD
from site_courses import SMALL_LESSON

from tests.e2e.terminal_page import CHROMIUM
from tests.lan.classroom_site import ClassroomSite
from tests.lan.line import ROUGH, SERVER, Line

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.docker,
    pytest.mark.skipif(not CHROMIUM, reason="There is no Chromium on this machine."),
]
Hand = Callable[[LearnerClient], Page]
SOON = 20_000  # ms


def verdict(page: Page) -> dict[str, str]:
    """What the page found out, by test."""
    page.wait_for_selector("#trial[data-state]")
    items = page.locator("#trial [data-test]")
    return {item.get_attribute("data-test") or "": item.get_attribute("data-state") or "" for item in items.all()}


def code(page: Page) -> str:
    return page.locator("[data-code]").inner_text()


def test_the_test_page_says_what_a_plain_phone_can_do(phone: BrowserContext, line: Line, site: ClassroomSite) -> None:
    page = phone.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: message.type in ("error", "warning") and complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    line.be(ROUGH)

    page.goto(f"{site.address}/prueba/")

    assert verdict(page) == {
        "socket": "good",
        "latency": "wait",
        "cookies": "good",
        "storage": "good",
        "clipboard": "wait",
        "screen": "good",
        "clock": "good",
        "private": "wait",
        "ports": "good",
    }
    said, milliseconds = code(page).rsplit("-", 1)
    assert said == "L1-P1-E1"
    assert 280 <= int(milliseconds) <= 700
    expect(page.get_by_text("Puedes trabajar.")).to_be_visible()
    expect(page.get_by_text("Esta página llega sin cifrar")).to_be_visible()
    assert Axe().run(page).response["violations"] == []
    # What the browser says of plain http, and of a lab's origin that answers, though not to whoever has no ticket.
    expected = ("Cross-Origin-Opener-Policy header has been ignored", "403 (Forbidden)")
    assert [text for text in complaints if not any(part in text for part in expected)] == []


def test_over_https_nothing_is_left_to_wish(phone: BrowserContext, site: ClassroomSite) -> None:
    page = phone.new_page()

    page.goto(f"{site.secure_address}/prueba/")

    assert set(verdict(page).values()) == {"good"}
    assert code(page).startswith("OK-")
    expect(page.get_by_text("Sin cifrar")).to_be_hidden()


def test_the_test_page_says_when_sockets_are_stopped(phone: BrowserContext, site: ClassroomSite) -> None:
    page = phone.new_page()
    page.add_init_script("window.WebSocket = class { constructor() { setTimeout(() => this.onerror(), 50); } }")

    page.goto(f"{site.address}/prueba/")

    found = verdict(page)
    assert (found["socket"], found["latency"], found["clock"]) == ("bad", "bad", "unknown")
    assert code(page) == "S2-L2-P1-H0-E1-X"
    expect(page.get_by_text("algo entre ellos y el servidor impide los WebSockets")).to_be_visible()


def test_the_certificate_is_offered_and_vouches_for_the_address(site: ClassroomSite, phone: BrowserContext) -> None:
    page = phone.new_page()
    page.goto(f"{site.address}/certificado/")
    with page.expect_download() as download:
        page.get_by_role("link", name="Descargar el certificado").click()
    pem = download.value.path().read_text()
    fingerprint = "".join(page.locator("#fingerprint span").all_inner_texts())

    assert fingerprint == _fingerprint(pem)
    assert Axe().run(page).response["violations"] == []
    context = ssl.create_default_context(cadata=pem)
    port = site.classroom.https_port
    for host in (f"{SERVER}:{port}", f"localhost:{port}"):
        answer = requests.get(f"https://{host}/healthz", verify=site.authority, timeout=10)
        assert answer.status_code == 200
    assert "Strict-Transport-Security" not in answer.headers
    assert context.get_ca_certs()[0]["subject"][0][0][1].startswith("Muelle ")
    signed_in = LearnerClient(_Secure(site), "learner-0", PASSWORD, authority=site.authority)
    assert {"__Host-sessionid", "__Host-csrftoken"} <= set(signed_in.http.cookies.keys())


@pytest.fixture
def tab(person: LearnerClient, page_of: Hand, site: ClassroomSite) -> Iterator[Page]:
    """The program of a lab in a tab of its own, opened by the button as people do."""
    session = person.start_lab(SMALL_LESSON)
    run_program(person, session)
    page = page_of(person)
    page.goto(f"{site.address}/courses/{SMALL_LESSON}/")
    page.get_by_role("tab", name="Laboratorio").tap()
    page.locator(".lab-ports > summary").click()
    with page.context.expect_page() as opened:
        page.locator(".port-list button").first.click()
    opened.value.wait_for_url(lambda url: url.endswith("/") and "ffff" in url, timeout=SOON)
    yield opened.value
    person.try_post(f"/lab-sessions/{session}/end/")


def test_a_program_opens_on_a_phone_with_its_sockets(tab: Page, site: ClassroomSite) -> None:
    assert tab.url == f"http://[::ffff:a4d:1]:{site.classroom.lab_ports[0]}/"
    expect(tab.get_by_text("Hello from the lab")).to_be_visible()
    expect(tab.get_by_text("over the socket")).to_be_visible()


@pytest.mark.abuse
def test_a_program_reaches_nothing_of_the_platform(tab: Page, site: ClassroomSite, person: LearnerClient) -> None:
    """E07, at an address: the control is the same request from the platform's own page."""
    sent: list[Request] = []
    tab.context.on(
        "request", lambda request: request.url.startswith(f"{site.address}/progress") and sent.append(request)
    )
    platform = next(page for page in tab.context.pages if page is not tab)
    fetch = "url => fetch(url, {mode: 'no-cors', credentials: 'include'}).then(() => 1, () => 0)"

    for page in (tab, platform):
        page.evaluate(fetch, f"{site.address}/progress/")
    cookies = ["sessionid" in (request.all_headers().get("cookie") or "") for request in sent[:1] + sent[-1:]]
    assert cookies == [False, True]

    assert tab.evaluate("document.cookie") == ""
    assert tab.evaluate("window.opener") is None
    post = "url => fetch(url, {method: 'POST', mode: 'no-cors', credentials: 'include'}).then(() => 1, () => 0)"
    tab.evaluate(post, f"{site.address}/sign-out/")
    assert person.get("/progress/").url.endswith("/progress/")
    socket = """url => new Promise((done) => {
      const socket = new WebSocket(url);
      socket.onopen = () => done('open');
      socket.onerror = () => done('refused');
    })"""
    assert tab.evaluate(socket, f"ws://{SERVER}:{site.port}/ws/echo/") == "refused"
    assert platform.evaluate(socket, f"ws://{SERVER}:{site.port}/ws/echo/") == "open"
    # What a program sets stays with programs: the platform's host never sees it.
    tab.evaluate("document.cookie = 'sessionid=tossed; path=/'")
    assert not [cookie for cookie in tab.context.cookies(site.address) if cookie["value"] == "tossed"]
    frame = """url => new Promise((done) => {
      const frame = document.createElement('iframe');
      frame.onload = () => done(frame.contentDocument === null ? 'foreign' : 'own');
      frame.src = url;
      document.body.append(frame);
    })"""
    assert tab.evaluate(frame, f"{site.address}/progress/") == "foreign"


@pytest.mark.abuse
def test_the_platforms_host_never_shows_a_program(tab: Page, site: ClassroomSite) -> None:
    listener = site.classroom.lab_ports[0]
    page = tab.context.new_page()

    answer = page.goto(f"http://{SERVER}:{listener}/")
    assert answer is not None
    assert answer.status == 404
    assert "Hello from the lab" not in page.content()
    # The same cookies, another listener: nothing was opened there.
    other = page.goto(f"http://[::ffff:a4d:1]:{site.classroom.lab_ports[1]}/")
    assert other is not None
    assert other.status == 403


class _Secure:
    """A site by its https address."""

    def __init__(self, site: ClassroomSite) -> None:
        self.address = site.secure_address


def _fingerprint(pem: str) -> str:
    """By another program than ours, and than Python's."""
    told = subprocess.run(
        ["openssl", "x509", "-noout", "-fingerprint", "-sha256"], input=pem, capture_output=True, text=True, check=True
    )
    return told.stdout.strip().partition("=")[2].replace(":", "")
