"""Every page in every state: usable by everybody, light and dark, on a desk and on a phone, under a strict policy."""

import re
import time
from collections.abc import Iterator

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from axe_playwright_python.sync_playwright import Axe
from factories import EnrolmentFactory, UserFactory
from playwright.sync_api import Browser

from accounts.models import User
from cohorts.actions import create_cohort
from cohorts.models import Cohort
from tests.e2e.class_site import CLASS_STATES
from tests.e2e.class_states import CLASS_STATES as WORK_STATES
from tests.e2e.grade_states import GRADE_STATES
from tests.e2e.lesson_site import STATES, LessonSite
from tests.e2e.operations_states import OPERATIONS_STATES
from tests.e2e.privacy_states import PRIVACY_STATES
from tests.e2e.terminal_page import CHROMIUM
from tests.web.payloads import PAYLOADS

pytestmark = [pytest.mark.e2e, pytest.mark.skipif(not CHROMIUM, reason="There is no Chromium on this machine.")]

ALL_STATES = STATES | GRADE_STATES | CLASS_STATES | WORK_STATES | PRIVACY_STATES | OPERATIONS_STATES

DESK = {"width": 1440, "height": 900}
PHONE = {"width": 390, "height": 844}
TABLET = {"width": 1024, "height": 768}
NARROW = {"width": 320, "height": 640}  # what a desk at 400 % is
SHEET = {"width": 733, "height": 1062}  # of A4, without the margins of slips


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


# --- Ways to sign in -------------------------------------------------------------------------------------------------
# Three sizes in both languages; what is light in one of them is dark in the other.
SIZES = {
    "es": [("light", DESK), ("dark", TABLET), ("dark", PHONE)],
    "en": [("dark", DESK), ("light", TABLET), ("light", PHONE)],
}


def assert_looks_well_everywhere(site: LessonSite) -> None:
    """Assert that axe finds nothing and nothing sticks out, at three sizes and narrower."""
    for scheme, size in SIZES[site.page.evaluate("document.documentElement.lang")]:
        site.page.emulate_media(color_scheme=scheme)
        site.page.set_viewport_size(size)
        assert objections(site) == []
        assert overflow(site) <= 0
    site.page.set_viewport_size(NARROW)
    assert overflow(site) <= 0


def a_class(site: LessonSite, learners: int = 17) -> Cohort:
    """Let the person in front of the site teach a class; the first learner has a name that hardly fits."""
    User.objects.filter(pk=site.learner.pk).update(is_staff=True)
    site.learner.refresh_from_db()
    cohort = create_cohort(by=site.learner, name="1.º de Sistemas Microinformáticos y Redes, grupo de mañana")
    for number in range(learners):
        name = "Guadalupe Etxeberria-Goikoetxea Fernández" if number == 0 else f"Persona {number}"
        EnrolmentFactory(cohort=cohort, user=UserFactory(first_name=name))
    return cohort


@pytest.mark.parametrize("language", ["es", "en"])
def test_signing_in_with_a_slip_looks_well(site: LessonSite, language: str) -> None:
    site.page.context.add_cookies([{"name": "language", "value": language, "url": site.address}])
    site.open("/sign-in/class/?code=QWXYRT")
    assert site.page.evaluate("document.activeElement.id") == "id_pin"
    assert_looks_well_everywhere(site)

    site.page.keyboard.type("000 000")
    site.page.keyboard.press("Enter")
    site.page.wait_for_selector(".notice.bad")

    assert_looks_well_everywhere(site)


@pytest.mark.parametrize("language", ["es", "en"])
def test_ones_own_account_looks_well(site: LessonSite, language: str) -> None:
    site.sign_in(language)

    for path in ("/account/", "/account/password/"):
        site.open(path)
        assert_looks_well_everywhere(site)

    site.page.click("main button.primary")  # the browser itself says that fields are empty
    site.page.fill("#id_old_password", "wrong")
    site.page.fill("#id_new_password1", "short")
    site.page.fill("#id_new_password2", "other")
    site.page.click("main button.primary")
    site.page.wait_for_selector("#id_old_password_error")
    assert_looks_well_everywhere(site)


@pytest.mark.parametrize("language", ["es", "en"])
def test_slips_look_well_and_eight_fit_on_a_sheet(site: LessonSite, language: str) -> None:
    cohort = a_class(site)
    site.sign_in(language)
    site.open(f"/cohorts/{cohort.pk}/slips/")
    assert_looks_well_everywhere(site)

    site.page.click("main button.primary")
    site.page.wait_for_selector(".slip")

    assert_looks_well_everywhere(site)
    assert site.page.locator(".slip").count() == 17
    site.page.emulate_media(media="print")
    site.page.set_viewport_size(SHEET)
    assert site.page.evaluate(
        "[...document.querySelectorAll('.slip')].every((slip) => slip.scrollHeight <= slip.clientHeight)"
    )
    sheets = site.page.pdf(prefer_css_page_size=True)
    assert len(re.findall(rb"/Type\s*/Page\b", sheets)) == 3


def test_slips_of_nobody_and_a_drawn_password_look_well(site: LessonSite) -> None:
    cohort = a_class(site, learners=0)
    learner = UserFactory(first_name="Nadia")
    site.sign_in()
    site.open(f"/cohorts/{cohort.pk}/slips/")
    assert_looks_well_everywhere(site)
    EnrolmentFactory(cohort=cohort, user=learner)
    site.open(f"/people/{learner.pk}/password/")
    assert_looks_well_everywhere(site)

    site.page.click("main button.primary")
    site.page.wait_for_selector("#drawn")

    assert_looks_well_everywhere(site)


@pytest.fixture
def _second_factor(settings, db) -> None:
    settings.ROOT_URLCONF, settings.MUELLE_TOTP = "tests.web.every_url", True


@pytest.mark.usefixtures("_second_factor")
@pytest.mark.parametrize("language", ["es", "en"])
def test_the_second_factor_looks_well(site: LessonSite, language: str) -> None:
    site.sign_in(language)
    site.open("/account/second-factor/")
    assert_looks_well_everywhere(site)
    site.page.click("main .button.primary")
    assert_looks_well_everywhere(site)
    site.page.fill("#id_password", "alice-password")
    site.page.click("main button.primary")
    site.page.wait_for_selector(".factor-code")
    assert_looks_well_everywhere(site)

    secret = site.page.inner_text(".secret-key")
    site.page.fill("#id_code", format_hotp_value(hotp_value(secret, int(time.time()) // 30)))
    site.page.click("main button.primary")
    site.page.wait_for_selector(".recovery-codes")

    assert_looks_well_everywhere(site)
    for path in ("/account/second-factor/", "/account/second-factor/codes/new/", "/account/second-factor/off/"):
        site.open(path)
        assert_looks_well_everywhere(site)
    site.page.context.clear_cookies()
    site.page.context.add_cookies([{"name": "language", "value": language, "url": site.address}])
    site.open("/sign-in/")
    site.page.fill("#id_username", "alice")
    site.page.fill("#id_password", "alice-password")
    site.page.click("main button.primary")
    site.page.wait_for_selector("#id_code")
    assert_looks_well_everywhere(site)
