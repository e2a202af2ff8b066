"""A learner's own web server in a tab of their browser, and what its pages cannot reach from there (E07)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from learner_client import LearnerClient, learner
from playwright.sync_api import Browser, BrowserContext, Page, expect
from port_visitor import end_program, run_program
from running_site import RunningSite, running_site
from site_courses import SMALL_LESSON, write_courses

from tests.e2e.port_tabs import SOON, open_port, see, sign_in, start_lab
from tests.e2e.terminal_page import CHROMIUM

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.docker,
    pytest.mark.skipif(not CHROMIUM, reason="There is no Chromium on this machine."),
]
NAMES = [f"visitor-{number}" for number in range(24)]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningSite]:
    folder: Path = tmp_path_factory.mktemp("site")
    options = {"MUELLE_COURSES_DIR": str(write_courses(folder / "courses")), "MUELLE_POOL_SIZE": "1"}
    with running_site(folder, *NAMES, **options) as site:
        yield site


@pytest.fixture(scope="module")
def _names() -> Iterator[str]:
    return iter(NAMES)


@pytest.fixture
def alice(site: RunningSite, _names: Iterator[str]) -> LearnerClient:
    return learner(site, next(_names))


@pytest.fixture
def session(site: RunningSite, alice: LearnerClient) -> Iterator[str]:
    """Alice's lab, with a web server on port 8080."""
    session = start_lab(site, alice)
    yield session
    alice.try_post(f"/lab-sessions/{session}/end/")


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    context = browser.new_context(viewport={"width": 1280, "height": 800}, locale="es-ES")
    context.set_default_timeout(SOON)
    yield context
    context.close()


@pytest.fixture
def page(context: BrowserContext, session: str, alice: LearnerClient) -> Page:
    """The lesson, with the lab that runs."""
    return sign_in(context, alice)


def test_from_the_button_to_the_program_and_back(page: Page, alice: LearnerClient, session: str) -> None:
    # The port that the lab declares: its page, and a WebSocket from it.
    tab = open_port(page)
    see(tab, "Hello from the lab")
    see(tab, "over the socket")
    assert tab.evaluate("window.opener") is None
    assert tab.evaluate("document.referrer") == ""
    assert "ticket" not in tab.url

    # Another one by its number: nobody listens yet, a page of ours says so, and shows the program once it does.
    other = open_port(page, 9000)
    expect(other.locator("h1")).to_have_text("Nada escucha aún en el puerto 9000")
    run_program(alice, session, 9000)
    see(other, "Hello from the lab")

    # The program ends: loading it again says so.
    end_program(alice, session, 9000)
    other.reload()
    expect(other.locator("h1")).to_have_text("Nada escucha aún en el puerto 9000")

    # The lab ends: what is open closes within five seconds, and the page leads back to the lesson.
    alice.end_lab(session)
    tab.wait_for_function("document.title.startsWith('closed')", timeout=5_000)
    expect(other.locator("h1")).to_have_text("El laboratorio ha terminado")
    other.get_by_role("link").click()
    other.wait_for_url(lambda address: address.endswith(f"/courses/{SMALL_LESSON}/"))


def test_signing_out_closes_what_was_opened(page: Page, alice: LearnerClient) -> None:
    tab = open_port(page)
    see(tab, "over the socket")

    alice.post("/sign-out/")

    tab.wait_for_function("document.title.startsWith('closed')", timeout=5_000)
    tab.reload()
    expect(tab.locator("h1")).to_have_text("Ya no tienes la sesión iniciada")


def test_the_keyboard_is_enough(page: Page) -> None:
    page.locator(".xterm").wait_for()  # It takes the focus when it comes.
    page.locator(".lab-ports > summary").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.value") == "8080"
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.id") == "port-number"
    page.keyboard.press("Escape")

    assert page.locator(".lab-ports").get_attribute("open") is None
    assert page.evaluate("document.activeElement.localName") == "summary"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_menu_and_pages_are_accessible(page: Page, scheme: str) -> None:
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]
    page.locator(".lab-ports > summary").click()
    assert axe(page) == []
    page.keyboard.press("Escape")

    tab = open_port(page, 9001)
    tab.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]

    for width in (1280, 320):
        tab.set_viewport_size({"width": width, "height": 700})
        assert axe(tab) == []
        assert tab.evaluate("document.documentElement.scrollWidth <= innerWidth")


def axe(page: Page) -> list[str]:
    """What axe finds wrong with a page."""
    return [rule["id"] for rule in Axe().run(page).response["violations"]]


# What a page of a lab tries on the platform: each returns what it got, or how it failed.
FETCH = """async (address) => {
  try {
    const answer = await fetch(address, { credentials: 'include' });
    return `read ${answer.status} ${(await answer.text()).length}`;
  } catch (error) { return error.name; }
}"""
FETCH_BLIND = """async (address) => {
  const answer = await fetch(address, { credentials: 'include', mode: 'no-cors' });
  return [answer.type, answer.status, (await answer.text()).length].join(' ');
}"""
FRAME = """(address) => new Promise((resolve) => {
  const frame = document.createElement('iframe');
  frame.src = address;
  frame.onload = resolve;
  document.body.append(frame);
})"""
SOCKET = """(address) => new Promise((resolve) => {
  const socket = new WebSocket(address);
  socket.onopen = () => resolve('open');
  socket.onerror = () => resolve('refused');
})"""


@pytest.fixture
def tab(page: Page) -> Page:
    """The lab's page in its own tab."""
    tab = open_port(page)
    see(tab, "over the socket")
    return tab


@pytest.mark.abuse
def test_a_labs_page_reads_nothing_of_the_platform(site: RunningSite, page: Page, tab: Page) -> None:
    address = f"{site.address}/progress/"

    assert tab.evaluate(FETCH, address) == "TypeError"
    assert tab.evaluate(FETCH_BLIND, address) == "opaque 0 0"
    assert page.evaluate(FETCH, address).startswith("read 200")  # The platform's own page may.


@pytest.mark.abuse
def test_the_platform_gets_no_cookie_from_a_labs_page(site: RunningSite, context: BrowserContext, tab: Page) -> None:
    asked: list[dict[str, str]] = []
    context.on("request", lambda request: asked.append(request.all_headers()) if site.address in request.url else None)

    tab.evaluate(FETCH_BLIND, f"{site.address}/healthz")
    tab.evaluate(FETCH, f"{tab.url}headers")

    [headers] = asked
    assert "cookie" not in headers
    names = {cookie["name"] for cookie in context.cookies(site.address)}
    assert any(name.startswith("sessionid") for name in names)  # There was one to send.
    assert "muelle-port" not in names


@pytest.mark.abuse
def test_a_labs_page_cannot_show_the_platform(site: RunningSite, page: Page, tab: Page) -> None:
    assert framed(tab, f"{site.address}/progress/").startswith("chrome-error:")
    assert framed(tab, f"{tab.url}?own") == f"{tab.url}?own"  # A page of its own it may.


def framed(tab: Page, address: str) -> str:
    """Put a frame with `address` into the page; return what it came to show."""
    tab.evaluate(FRAME, address)
    for _attempt in range(SOON // 50):
        if shown := tab.frames[-1].url:  # Playwright learns it a moment after the page.
            return shown
        tab.wait_for_timeout(50)
    raise AssertionError(f"no frame came to show {address}")


@pytest.mark.abuse
def test_a_labs_page_opens_no_socket_of_the_platform(site: RunningSite, page: Page, tab: Page, session: str) -> None:
    base = site.address.replace("http", "ws")

    for path in ("/ws/notices/", f"/ws/terminal/{session}/main/"):
        assert tab.evaluate(SOCKET, base + path) == "refused"
        assert page.evaluate(SOCKET, base + path) == "open"


@pytest.mark.abuse
def test_a_labs_page_holds_no_window_of_the_platform(site: RunningSite, tab: Page) -> None:
    assert tab.evaluate("[window.opener, window.top === window, document.referrer]") == [None, True, ""]

    with tab.context.expect_page() as opened:
        tab.evaluate("(address) => { window.held = window.open(address); }", f"{site.address}/progress/")
    opened.value.wait_for_load_state()

    assert tab.evaluate("held.closed")  # Cut off by the opener policy: no frame count, no messages, no location.
    assert opened.value.evaluate("window.opener") is None


@pytest.mark.abuse
@pytest.mark.parametrize("domain", ["localhost", ".localhost"])
def test_a_labs_page_tosses_no_cookie_to_the_platform(
    site: RunningSite, context: BrowserContext, tab: Page, domain: str
) -> None:
    own = {cookie["name"] for cookie in context.cookies(site.address)}
    before = {cookie["name"]: cookie["value"] for cookie in context.cookies(site.address)}

    for name in (*own, "__Host-sessionid", "tossed"):
        tab.evaluate("(cookie) => { document.cookie = cookie; }", f"{name}=evil; domain={domain}; path=/")
    tab.evaluate("document.cookie = 'mine=1; path=/'")

    assert {cookie["name"]: cookie["value"] for cookie in context.cookies(site.address)} == before
    assert "mine=1" in tab.evaluate("document.cookie")  # On its own origin it may.


@pytest.mark.abuse
def test_scripts_of_a_labs_page_do_not_see_the_way_in(context: BrowserContext, tab: Page) -> None:
    [cookie] = [cookie for cookie in context.cookies(tab.url) if cookie["name"] == "muelle-port"]

    assert cookie["value"] not in tab.evaluate("document.cookie")
    assert cookie["value"] not in tab.evaluate("fetch('/headers').then((answer) => answer.text())")
    assert (cookie["httpOnly"], cookie["sameSite"]) == (True, "Lax")
    assert not cookie["domain"].startswith(".")


@pytest.mark.abuse
def test_a_service_worker_of_a_lab_stays_on_its_origin(site: RunningSite, page: Page, tab: Page) -> None:
    tab.evaluate("navigator.serviceWorker.register('/worker.js').then(() => navigator.serviceWorker.ready)")
    tab.reload()
    elsewhere = tab.evaluate(
        """(address) => navigator.serviceWorker.register(address).then(() => 'registered', (error) => error.name)""",
        f"{site.address}/static/js/main.js",
    )
    page.reload()

    assert elsewhere == "SecurityError"
    assert tab.inner_text("body") == "from the worker"  # On its own origin it rules.
    assert "from the worker" not in page.inner_text("body")
    assert page.evaluate("navigator.serviceWorker.getRegistrations().then((all) => all.length)") == 0


@pytest.mark.abuse
def test_a_form_of_a_labs_page_changes_nothing(
    site: RunningSite, tab: Page, session: str, alice: LearnerClient
) -> None:
    with tab.expect_navigation():
        tab.evaluate(
            """(address) => {
              const form = Object.assign(document.createElement('form'), { method: 'post', action: address });
              document.body.append(form);
              form.submit();
            }""",
            f"{site.address}/lab-sessions/{session}/end/",
        )

    assert alice.pane_state(SMALL_LESSON) == "ready"
