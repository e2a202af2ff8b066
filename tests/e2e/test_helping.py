"""An instructor in one browser helps a learner in another, in the learner's own shell, with their consent."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial

import pytest
from learner_client import LESSON
from playwright.sync_api import Browser, Page, expect
from running_site import RunningSite, running_site

from tests.e2e.terminal_page import terminal_text, type_in_terminal, wait_for_text

pytestmark = [pytest.mark.e2e, pytest.mark.docker]

SOON = 20_000  # ms; a busy machine with two cores
SEEN = 5_000  # ms; a change is to be in the class view within 2 s, and the machine is busy with two browsers
CLASS = """
from accounts.models import User
from cohorts.actions import create_cohort, enrol
from courses.models import Course
teacher = User.objects.get(username="docente")
cohort = create_cohort(by=teacher, name="SMR", courses=Course.objects.all())
enrol(by=teacher, cohort=cohort, user=User.objects.get(username="aprendiz"))
print("class", cohort.pk)
"""
screen_shows = partial(wait_for_text, within=SOON)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningSite]:
    with running_site(tmp_path_factory.mktemp("site")) as site:
        yield site


def person(browser: Browser, site: RunningSite, name: str) -> Page:
    """A browser of its own, signed in."""
    page = browser.new_context(viewport={"width": 1280, "height": 800}, locale="en-GB").new_page()
    page.set_default_timeout(SOON)
    page.goto(f"{site.address}/sign-in/")
    page.fill("#id_username", name)
    page.fill("#id_password", name)
    page.click("main button")
    page.wait_for_url(lambda url: "sign-in" not in url)
    return page


def test_from_a_raised_hand_to_a_shared_shell_and_back(browser: Browser, site: RunningSite) -> None:
    found = re.search(r"class (\d+)", site.manage("shell", "-c", CLASS))
    assert found is not None
    learner, teacher = person(browser, site, "aprendiz"), person(browser, site, "docente")
    learner.goto(f"{site.address}/courses/{LESSON}/")
    learner.get_by_role("button", name="Start the lab").click()
    screen_shows(learner, r"learner@lab:~\$")
    teacher.goto(f"{site.address}/cohorts/{found[1]}/now/")
    row = teacher.locator(".class-row")
    expect(row).to_have_attribute("data-mood", "working")

    # A hand goes up: the class view shows it by itself, and the learner sees who comes.
    learner.get_by_role("button", name="Raise hand").click()
    expect(row).to_have_attribute("data-mood", "hand", timeout=SEEN)
    expect(learner.locator("#hand")).to_contain_text("No. 1")
    teacher.get_by_role("button", name="I come").click()
    expect(learner.locator("#hand")).to_contain_text("Darío is coming", timeout=SEEN)

    # The instructor asks to watch; nothing is shown before the learner allows it.
    teacher.get_by_role("link", name="Their terminal").click()
    teacher.get_by_role("button", name="Ask to watch").click()
    expect(teacher.locator("#assist")).to_have_attribute("data-state", "asked")
    expect(teacher.locator("muelle-terminals")).to_have_count(0)
    learner.get_by_role("button", name="Allow").click(timeout=SEEN)
    expect(learner.locator(".strip-line.on")).to_contain_text("Darío is watching your terminals.")
    expect(teacher.locator("muelle-terminals .xterm")).to_be_visible()
    type_in_terminal(learner, "echo lo''ok")
    screen_shows(teacher, r"^look$")
    type_in_terminal(teacher, "echo in''truder")
    teacher.wait_for_timeout(1_000)
    assert "truder" not in terminal_text(learner)

    # To type, they have to ask again.
    teacher.get_by_role("button", name="Leave").click()
    expect(learner.locator(".strip-line")).to_have_count(0, timeout=SEEN)
    teacher.get_by_role("button", name="Ask to help").click()
    learner.get_by_role("button", name="Allow").click(timeout=SEEN)
    expect(teacher.locator("muelle-terminals .xterm")).to_be_visible()
    screen_shows(teacher, r"^look$")
    type_in_terminal(teacher, "echo he''lped")
    screen_shows(learner, r"^helped$")

    # The learner stops it: the instructor's terminal is gone within five seconds, the learner's stays.
    learner.get_by_role("button", name="Stop it").click()
    expect(teacher.locator("muelle-terminals")).to_have_count(0, timeout=5_000)
    expect(teacher.locator("#assist")).to_contain_text("The learner stopped it.")
    type_in_terminal(learner, "echo al''one")
    screen_shows(learner, r"^alone$")
    actions = [row["action"] for row in site.rows("select action from audit_entry order by id")]
    assert [name for name in actions if "assist" in name] == [
        *("ask_to_assist", "grant_assistance", "end_assistance") * 2,
    ]
