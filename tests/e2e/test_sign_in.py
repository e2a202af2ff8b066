"""Ways to sign in, in a real browser, which enforces the content policy on redirects too."""

import copy
import re
from collections.abc import Iterator
from typing import Any

import pytest
from allauth.socialaccount.models import SocialAccount
from factories import EnrolmentFactory
from playwright.sync_api import Browser, Page

from accounts.models import User
from cohorts.actions import create_cohort
from config.sign_in import OIDC_PROVIDER_ID, origin_of
from tests.e2e.lesson_site import PATIENCE, WATCH_POLICY
from tests.e2e.terminal_page import CHROMIUM
from tests.web.openid_server import OpenIdServer, named_in

pytestmark = [pytest.mark.e2e, pytest.mark.skipif(not CHROMIUM, reason="There is no Chromium on this machine.")]


@pytest.fixture
def school(settings: Any, monkeypatch: pytest.MonkeyPatch, socket_enabled: None) -> Iterator[OpenIdServer]:
    """Another server that the settings name, and the content policy with them."""
    with named_in(settings, monkeypatch) as server:
        yield server


@pytest.fixture
def page(browser: Browser, live_server: Any) -> Iterator[Page]:
    context = browser.new_context(locale="es", base_url=live_server.url)
    opened = context.new_page()
    opened.set_default_timeout(PATIENCE)
    opened.add_init_script(WATCH_POLICY)
    yield opened
    context.close()


def allow_forms_to(settings: Any, url: str) -> None:
    policy = copy.deepcopy(settings.CONTENT_SECURITY_POLICY)
    policy["DIRECTIVES"]["form-action"] += origin_of(url)
    settings.CONTENT_SECURITY_POLICY = policy


def test_another_servers_word_signs_in(page: Page, school: OpenIdServer, settings: Any, alice: User) -> None:
    allow_forms_to(settings, school.url)
    SocialAccount.objects.create(user=alice, provider=OIDC_PROVIDER_ID, uid=school.person["sub"])
    page.goto("/sign-in/?next=/progress/")

    page.click("text=Seguir con Liceo")
    page.wait_for_url("**/progress/")

    assert page.evaluate("window.__violations") == []
    assert len(school.redeemed) == 1


def test_no_form_leads_to_a_server_that_the_settings_do_not_name(page: Page, school: OpenIdServer, alice: User) -> None:
    page.goto("/sign-in/")

    page.click("text=Seguir con Liceo")
    page.wait_for_function("window.__violations.length > 0")

    assert page.url.endswith("/sign-in/")
    assert school.codes == {}


def test_from_a_printed_slip_to_the_course(browser: Browser, page: Page, live_server: Any, ivy: User) -> None:
    cohort = create_cohort(by=ivy, name="Mañanas")
    learner = EnrolmentFactory(cohort=cohort, user__first_name="Nadia").user
    page.goto(f"/sign-in/?next=/cohorts/{cohort.pk}/slips/")
    page.fill("#id_username", "ivy")
    page.fill("#id_password", "ivy-password")
    page.keyboard.press("Enter")
    page.wait_for_url("**/slips/")
    page.click("main button.primary")
    pin = page.inner_text(".slip .pin")
    code = page.inner_text(".slip .secret >> nth=0")
    assert re.fullmatch(r"\d{3} \d{3}", pin)

    phone = browser.new_context(locale="es", base_url=live_server.url, viewport={"width": 390, "height": 844})
    slip = phone.new_page()
    slip.goto(f"/sign-in/class/?code={code}")  # where the slip's picture leads
    slip.keyboard.type(pin)
    slip.keyboard.press("Enter")
    slip.wait_for_selector("text=Has entrado como Nadia.")

    assert "/sign-in/" not in slip.url
    learner.refresh_from_db()
    assert learner.last_login is not None
    phone.close()
