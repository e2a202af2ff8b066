"""What moves on a lesson's page: theme, divider, tabs, hints, copying, ticks that arrive by themselves."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from accounts.models import User
from grading.grader import grade_submission
from grading.models import Submission, Verdict
from lab_sessions.models import LabSession
from progress.models import HintUse
from tests.e2e.lesson_site import PATIENCE, LessonSite
from tests.e2e.terminal_page import CHROMIUM

pytestmark = [pytest.mark.e2e, pytest.mark.skipif(not CHROMIUM, reason="There is no Chromium on this machine.")]

expect.set_options(timeout=PATIENCE)


@pytest.fixture
def site(browser: Browser, live_server, alice: User) -> Iterator[LessonSite]:
    """Alice on the first lesson, at a desk."""
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    site = LessonSite(context.new_page(), live_server.url, alice)
    site.sign_in("en")
    yield site
    assert site.complaints == []
    assert site.violations() == []
    context.close()


def background(site: LessonSite) -> str:
    return str(site.page.evaluate("getComputedStyle(document.documentElement).backgroundColor"))


def test_the_theme_changes_in_place_and_stays(site: LessonSite) -> None:
    site.open()
    light = background(site)
    site.page.evaluate("window.__same = true")

    site.page.click(".site-header .menu summary")
    site.page.click("button[value=dark]")
    expect(site.page.locator("html")).to_have_attribute("data-theme", "dark")

    dark = background(site)
    assert dark != light
    assert site.page.evaluate("window.__same") is True
    site.open("/progress/")
    assert background(site) == dark


def test_the_language_changes_for_the_whole_page(site: LessonSite) -> None:
    site.open()

    site.page.click(".site-header .menu summary")
    site.page.click("button[value=es]")

    expect(site.page.locator("html")).to_have_attribute("lang", "es")
    expect(site.page.locator("h1")).to_have_text("¿Qué es un contenedor?")


def test_the_divider_moves_with_the_keyboard_and_remembers(site: LessonSite) -> None:
    site.open()
    before = site.page.locator("#reader").bounding_box()["width"]

    site.page.focus(".divider")
    for _ in range(5):
        site.page.keyboard.press("ArrowRight")

    after = site.page.locator("#reader").bounding_box()["width"]
    assert after > before + 80
    site.open()
    assert site.page.locator("#reader").bounding_box()["width"] == pytest.approx(after, abs=2)


def test_the_divider_is_dragged_within_its_limits(site: LessonSite) -> None:
    site.open()
    box = site.page.locator(".divider").bounding_box()

    site.page.mouse.move(box["x"] + 4, 300)
    site.page.mouse.down()
    site.page.mouse.move(1279, 300, steps=4)
    site.page.mouse.up()

    assert site.page.locator("#lab").bounding_box()["width"] >= 0.24 * 1280
    assert site.page.locator(".divider").get_attribute("aria-valuenow") == "75"


def test_a_phone_shows_one_half_at_a_time(site: LessonSite) -> None:
    site.page.set_viewport_size({"width": 390, "height": 844})
    site.open()
    assert site.page.locator("#reader").is_visible()
    assert not site.page.locator("#lab").is_visible()

    site.page.evaluate("scrollTo(0, 900)")
    site.page.focus("#view-lesson")
    site.page.keyboard.press("ArrowRight")
    assert site.page.locator("#lab").is_visible()
    assert not site.page.locator("#reader").is_visible()
    site.page.click("#view-lesson")

    assert site.page.evaluate("scrollY") == pytest.approx(900, abs=5)


def test_hints_come_one_after_another(site: LessonSite) -> None:
    site.open()
    hints = site.page.locator("#exercise-proceso-radar .hints details")
    assert [hints.nth(index).is_visible() for index in range(2)] == [True, False]

    with site.page.expect_response("**/hints/1/") as noted:
        hints.nth(0).locator("summary").click()

    assert hints.nth(1).is_visible()
    assert noted.value.status == 204
    assert HintUse.objects.get().exercise_key.endswith("/proceso-radar")


def test_code_is_copied_and_says_so(site: LessonSite) -> None:
    site.open()
    figure = site.page.locator("figure[data-mode=copy]").first

    figure.get_by_role("button", name="Copy").click()

    expect(site.page.locator("#said")).to_have_text("Copied")
    assert site.page.evaluate("navigator.clipboard.readText()") == figure.locator("code").inner_text().rstrip()


def test_without_a_lab_a_command_says_what_to_do(site: LessonSite) -> None:
    site.open()

    site.page.locator("[data-act=run]").first.click()

    expect(site.page.locator("#trouble")).to_contain_text("Start the lab to run this.")


def test_commands_and_files_of_the_text_reach_the_terminal(site: LessonSite) -> None:
    site.session("ready")
    site.open()
    site.page.evaluate(
        "document.addEventListener('muelle:run', (event) => (window.__ran ??= []).push(event.detail.command))"
    )

    site.page.locator("[data-act=run]").first.click()
    site.page.locator("[data-act=file]").first.click()

    command, file = site.page.evaluate("window.__ran")
    assert command == "ps -ef"
    assert file.startswith("cat > 'info.sh' << 'EOF'\n#!/bin/bash\n")
    assert file.endswith("\nEOF")


def test_values_change_in_place_when_a_lab_starts(site: LessonSite) -> None:
    site.open()
    place = site.page.locator("var[data-value=palabra]").first
    hint = site.page.locator("#exercise-proceso-radar .hints details").first
    hint.locator("summary").click()
    assert place.text_content() == "faro"

    site.session("ready")
    site.page.evaluate("document.body.dispatchEvent(new CustomEvent('muelle:session'))")

    expect(place).to_have_text("ancla")
    assert hint.get_attribute("open") == ""  # nothing else of the text was touched


def test_a_tick_arrives_by_itself_and_moves_nothing(site: LessonSite) -> None:
    site.session("ready")
    submission = site.submission("plan-en-casa")
    site.fail(submission)
    site.open()
    site.page.evaluate(  # the result of an earlier press, as it stands there
        f"htmx.ajax('GET', '/submissions/{submission.pk}/', {{target: '#result-plan-en-casa', swap: 'innerHTML'}})"
    )
    expect(site.page.locator("#result-plan-en-casa")).to_contain_text("Not yet.")
    after = site.page.locator("#exercise-plan-en-casa ~ .part").first
    after.scroll_into_view_if_needed()
    place = after.bounding_box()["y"]

    site.submission("plan-en-casa", Verdict.PASS, origin=Submission.Origin.AUTOMATIC)
    expect(site.page.locator("#state-plan-en-casa")).to_have_attribute("data-state", "passed")

    assert after.bounding_box()["y"] == pytest.approx(place, abs=1)
    expect(site.page.locator("#result-plan-en-casa")).to_have_text("Done.")
    expect(site.page.locator("#checklist-summary")).to_contain_text("1 of 9 tasks")
    expect(site.page.locator("#said")).to_contain_text("Done:")


def test_a_question_is_answered_wrong_then_right(site: LessonSite) -> None:
    site.open()
    question = site.page.locator("#exercise-que-es")

    for choice, words in (("1", "Not yet."), ("0", "That is right.")):
        question.locator(f"input[value='{choice}']").check()
        question.get_by_role("button", name="Answer").click()
        expect(question.locator(".pending")).to_be_visible()
        grade_submission(Submission.objects.open().get().pk)
        expect(question).to_contain_text(words)

    assert question.locator("input[type=radio]").count() == 0
    expect(site.page.locator("#state-que-es")).to_have_attribute("data-state", "passed")


def test_ending_asks_first(site: LessonSite) -> None:
    site.session("ready")
    site.open()
    site.page.click(".lab-menu summary")
    site.page.click("[data-opens=ask-end]")
    site.page.get_by_role("button", name="Go on working").click()
    assert LabSession.objects.get().state == "ready"

    site.page.click(".lab-menu summary")
    site.page.click("[data-opens=ask-end]")
    site.page.locator("#ask-end").get_by_role("button", name="End the lab").click()

    expect(site.page.locator("#lab")).to_contain_text("You ended it.")
    assert LabSession.objects.get().state == "ending"


def test_the_keyboard_stays_in_the_lab_that_it_started(site: LessonSite) -> None:
    site.open()
    site.page.get_by_role("button", name="Start the lab").focus()

    site.page.keyboard.press("Enter")

    site.page.wait_for_selector("#lab:not([data-state=idle])")
    expect(site.page.locator("#lab")).to_be_focused()
    site.page.keyboard.press("Tab")
    assert site.page.evaluate("document.activeElement.closest('#lab') !== null")


def test_escape_leaves_a_question_and_gives_the_focus_back(site: LessonSite) -> None:
    site.session("ready")
    site.open()
    site.page.focus(".lab-menu summary")
    site.page.keyboard.press("Enter")
    site.page.keyboard.press("Tab")
    site.page.keyboard.press("Enter")
    expect(site.page.locator("#ask-reset")).to_be_visible()

    site.page.keyboard.press("Escape")

    expect(site.page.locator("#ask-reset")).to_be_hidden()
    expect(site.page.locator(".lab-menu summary")).to_be_focused()


def test_a_server_that_does_not_answer_is_told_in_one_line(site: LessonSite) -> None:
    site.open()
    site.page.route("**/lab/start/", lambda route: route.abort())

    site.page.get_by_role("button", name="Start the lab").click()
    expect(site.page.locator("#trouble")).to_contain_text("The server did not answer.")

    site.page.locator("#trouble [data-retry]").click()
    expect(site.page.locator("#trouble")).to_be_hidden()


def test_the_keyboard_skips_to_the_text(site: LessonSite) -> None:
    site.open()

    site.page.keyboard.press("Tab")

    assert site.page.evaluate("document.activeElement.className") == "skip"
    site.page.keyboard.press("Enter")
    assert site.page.evaluate("location.hash") == "#main"
