"""An instructor fills a class from a list, in a browser."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from accounts.models import User
from cohorts.models import Cohort, LessonRule, Role
from tests.e2e.class_site import CLASS, CLASS_STATES
from tests.e2e.lesson_site import LessonSite
from tests.e2e.terminal_page import CHROMIUM
from tests.e2e.test_pages_look import objections, overflow

pytestmark = [pytest.mark.e2e, pytest.mark.skipif(not CHROMIUM, reason="There is no Chromium on this machine.")]

LIST = "nombre;apellidos;usuario;rol\n" + "".join(f"Nombre{number};Apellido{number};;\n" for number in range(28))


@pytest.fixture
def site(browser: Browser, live_server, alice: User) -> Iterator[LessonSite]:
    """Alice, who teaches a class here."""
    context = browser.new_context(viewport={"width": 1440, "height": 900}, reduced_motion="reduce")
    site = LessonSite(context.new_page(), live_server.url, alice)
    CLASS_STATES["class, list"][0](site)
    site.sign_in("en")
    yield site
    # A list that cannot be taken over is answered with 422, which Chromium writes down.
    assert [each for each in site.complaints if "422" not in each] == []
    assert site.violations() == []
    context.close()


def test_a_list_is_mended_on_the_page_and_taken_over(site: LessonSite) -> None:
    page = site.page
    site.open(f"{CLASS}people/list/")

    page.fill("#id_text", f"{LIST}Ana;Gil;ana gil;\nEva;Sol;;ayudante\n")
    page.click("text=See what would be done")
    expect(page.locator(".line-problems li")).to_have_count(1)
    assert "Line 30" in page.inner_text(".line-problems")
    assert objections(site) == []
    page.set_viewport_size({"width": 390, "height": 844})
    assert overflow(site) <= 0

    page.fill("#id_text", page.input_value("#id_text").replace("ana gil", "ana.gil"))
    page.click("text=See what would be done")
    expect(page.locator("tbody tr")).to_have_count(30)
    assert objections(site) == []
    assert overflow(site) <= 0
    page.click("text=Add 30 people")

    page.wait_for_url(re.compile(rf"{CLASS}$"))
    cohort = Cohort.objects.get()
    assert cohort.enrolments.filter(role=Role.LEARNER).count() == 29
    assert cohort.enrolments.get(role=Role.ASSISTANT).user.username == "esol"


def test_people_are_found_while_one_types(site: LessonSite) -> None:
    site.open(CLASS)
    expect(site.page.locator("tbody tr")).to_have_count(1)

    site.page.fill("#search", "nobody at all")

    expect(site.page.locator("#people")).to_contain_text("Nobody here is called")
    site.page.fill("#search", "ali")
    expect(site.page.locator("tbody tr")).to_have_count(1)


def test_a_lesson_is_shut_in_place_and_with_the_keyboard(site: LessonSite) -> None:
    page = site.page
    site.open(f"{CLASS}lessons/")
    door = page.locator(".door").first

    door.locator("button").focus()
    page.keyboard.press("Enter")

    expect(door).to_contain_text("Shut, by hand")
    assert LessonRule.objects.get().door == "shut"
    assert objections(site) == []
