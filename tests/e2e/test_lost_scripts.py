"""A script of the page that got lost on its way: the page is loaded once more, and only once."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Route, expect

from accounts.models import User
from lab_sessions.transitions import State
from tests.e2e.lesson_site import PATIENCE, LessonSite
from tests.e2e.terminal_page import CHROMIUM

pytestmark = [pytest.mark.e2e, pytest.mark.skipif(not CHROMIUM, reason="There is no Chromium on this machine.")]

expect.set_options(timeout=PATIENCE)


@pytest.fixture
def site(browser: Browser, live_server, alice: User) -> Iterator[LessonSite]:
    """Alice with a lab that is ready."""
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    site = LessonSite(context.new_page(), live_server.url, alice)
    site.sign_in("en")
    site.session(State.READY)
    yield site
    context.close()


@pytest.mark.parametrize("script", ["terminal/mount", "terminal/pane", "lesson/lab", "lesson/main", "main"])
def test_what_got_lost_is_asked_for_once_more(site: LessonSite, script: str) -> None:
    asked: list[str] = []

    def lose_the_first(route: Route) -> None:
        asked.append(route.request.url)
        if len(asked) == 1:
            route.abort("connectionreset")
        else:
            route.continue_()

    site.page.route(f"**/js/{script}.js", lose_the_first)
    site.open()

    expect(site.page.get_by_role("tab").first).to_be_visible()
    assert len(asked) == 2


def test_what_is_missing_for_good_is_said(site: LessonSite) -> None:
    asked: list[str] = []

    def lose(route: Route) -> None:
        asked.append(route.request.url)
        route.abort("connectionreset")

    site.page.route("**/js/terminal/mount.js", lose)
    site.open()

    expect(site.page.get_by_text("The terminal could not be loaded. Reload the page.")).to_be_visible()
    assert len(asked) == 2
