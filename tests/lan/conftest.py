"""A classroom: a site, a line that can be bad, and a phone at its other end."""

import sys
from collections.abc import Callable, Iterator

import pytest
from learner_client import LearnerClient
from playwright.sync_api import Browser, BrowserContext, Page
from running_site import PASSWORD, brought_up
from site_courses import write_courses

from tests.lan.classroom_site import ClassroomSite, browser_in, other_namespace
from tests.lan.line import CLEAR, Line

SOON = 60_000  # ms; a page over the rough line on a busy machine
NAMES = [f"learner-{number}" for number in range(12)]
PHONE = {"width": 390, "height": 844}


@pytest.fixture(scope="session")
def phone_network() -> Iterator[int]:
    with other_namespace() as pid:
        yield pid


@pytest.fixture(scope="session")
def one_line(phone_network: int) -> Iterator[Line]:
    line = Line(phone_network)
    yield line
    line.end()


@pytest.fixture
def line(one_line: Line) -> Iterator[Line]:
    """The line to the phone: a good one, until a test says otherwise."""
    one_line.be(CLEAR)
    yield one_line
    one_line.be(CLEAR)


@pytest.fixture(scope="session")
def site(one_line: Line, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ClassroomSite]:
    folder = tmp_path_factory.mktemp("site")
    site = ClassroomSite(folder, MUELLE_COURSES_DIR=str(write_courses(folder / "courses")))
    with brought_up(site, *NAMES):
        yield site


@pytest.fixture(scope="session")
def browser(phone_network: int, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with browser_in(phone_network, tmp_path_factory.mktemp("browser")) as browser:
        yield browser


@pytest.fixture
def phone(browser: Browser, line: Line) -> Iterator[BrowserContext]:
    """A phone that nobody has used yet."""
    context = browser.new_context(
        viewport=PHONE, has_touch=True, is_mobile=True, locale="es-ES", ignore_https_errors=True
    )
    context.set_default_timeout(SOON)
    yield context
    context.close()


@pytest.fixture(scope="session")
def _names() -> Iterator[str]:
    return iter(NAMES)


@pytest.fixture
def person(site: ClassroomSite, _names: Iterator[str]) -> LearnerClient:
    """Somebody who is signed in already; on the server's side of the line."""
    return LearnerClient(site, next(_names), PASSWORD)


@pytest.fixture
def page_of(phone: BrowserContext, site: ClassroomSite) -> Callable[[LearnerClient], Page]:
    """Hand the phone to somebody who is signed in."""

    def hand_over(person: LearnerClient) -> Page:
        cookies = [{"name": name, "value": value, "url": site.address} for name, value in person.http.cookies.items()]
        phone.add_cookies([*cookies, {"name": "language", "value": "es", "url": site.address}])  # type: ignore[list-item]
        return phone.new_page()

    return hand_over


@pytest.fixture
def measured(
    record_property: Callable[[str, object], None], capsys: pytest.CaptureFixture[str]
) -> Callable[[str, object], None]:
    """Keep a figure with the test's result, and show it."""

    def keep(name: str, value: object) -> None:
        record_property(name, value)
        with capsys.disabled():
            sys.stdout.write(f" {name}={value} ")

    return keep
