"""Every page in every state: usable by everybody, light and dark, on a desk and on a phone, under a strict policy."""

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser

from accounts.models import User
from tests.e2e.class_states import CLASS_STATES
from tests.e2e.grade_states import GRADE_STATES
from tests.e2e.lesson_site import STATES, LessonSite
from tests.e2e.terminal_page import CHROMIUM
from tests.web.payloads import PAYLOADS

pytestmark = [pytest.mark.e2e, pytest.mark.skipif(not CHROMIUM, reason="There is no Chromium on this machine.")]

ALL_STATES = STATES | GRADE_STATES | CLASS_STATES

DESK = {"width": 1440, "height": 900}
PHONE = {"width": 390, "height": 844}
NARROW = {"width": 320, "height": 640}  # what a desk at 400 % is


@pytest.fixture
def site(browser: Browser, live_server, alice: User) -> Iterator[LessonSite]:
    """Alice in front of the site. Nothing on it may make the console complain or break the content policy."""
    context = browser.new_context(viewport=DESK, reduced_motion="reduce")  # or colours are measured half way
    site = LessonSite(context.new_page(), live_server.url, alice)
    yield site
    assert site.complaints == []
    assert site.violations() == []
    context.close()


def objections(site: LessonSite) -> list[str]:
    """Return what axe finds wrong with the page as it is shown now."""
    found = Axe().run(site.page).response["violations"]
    return [f"{rule['id']}: {node['target']} {node['failureSummary']}" for rule in found for node in rule["nodes"]]


def overflow(site: LessonSite) -> int:
    """Return by how many pixels the page is wider than the window."""
    return int(site.page.evaluate("document.documentElement.scrollWidth - innerWidth"))


@pytest.mark.parametrize("state", ALL_STATES)
def test_a_state_is_accessible_everywhere(site: LessonSite, state: str) -> None:
    prepare, path = ALL_STATES[state]
    site.sign_in()
    prepare(site)

    site.open(path)

    assert objections(site) == []
    site.page.emulate_media(color_scheme="dark")
    site.page.set_viewport_size(PHONE)
    assert objections(site) == []
    assert overflow(site) <= 0
    if site.page.locator("#view-lab").is_visible():
        site.page.click("#view-lab")
        assert objections(site) == []
        site.page.emulate_media(color_scheme="light")
        assert objections(site) == []
    site.page.set_viewport_size(NARROW)
    assert overflow(site) <= 0


@pytest.mark.parametrize("language", ["es", "en"])
def test_the_front_door_is_accessible(site: LessonSite, language: str) -> None:
    site.page.context.add_cookies([{"name": "language", "value": language, "url": site.address}])

    site.open("/sign-in/")

    assert objections(site) == []
    site.page.click(".menu summary")
    site.page.emulate_media(color_scheme="dark")
    site.page.set_viewport_size(NARROW)
    assert objections(site) == []
    assert overflow(site) <= 0


def test_results_of_checks_are_accessible(site: LessonSite) -> None:
    site.sign_in()
    site.session("ready")
    submission = site.submission("plan-en-casa")
    site.open()

    site.fail(submission)
    site.page.wait_for_selector("#result-plan-en-casa .check-result")

    assert objections(site) == []
    site.page.emulate_media(color_scheme="dark")
    site.page.set_viewport_size(PHONE)
    assert objections(site) == []


def test_a_program_in_the_page_does_not_run(site: LessonSite) -> None:
    site.sign_in()
    site.open()

    site.page.evaluate("""() => {
      const script = document.createElement('script');
      script.textContent = 'window.__xss = 1';
      document.body.append(script);
      document.body.insertAdjacentHTML('beforeend', '<img src="x:" onerror="window.__xss = 1">');
    }""")

    assert site.page.evaluate("window.__xss") is None
    assert len(site.violations()) >= 2
    site.page.evaluate("window.__violations = []")


def test_nothing_that_a_learner_writes_runs(site: LessonSite) -> None:
    hostile = "\n".join(PAYLOADS).replace("\0", "")
    site.learner.first_name = PAYLOADS[0]
    site.learner.save()
    site.sign_in()
    site.session("ready")
    submission = site.submission("proceso-radar", answer={"text": hostile})
    site.open()

    site.fail(submission, found=hostile)
    site.page.wait_for_selector("#result-proceso-radar .check-result")

    assert "window.__xss" in site.page.inner_text("#result-proceso-radar")
    assert site.page.evaluate("window.__xss") is None
