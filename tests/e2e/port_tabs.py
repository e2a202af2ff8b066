"""Opening ports of a lab in Chromium."""

from __future__ import annotations

from learner_client import LearnerClient
from playwright.sync_api import BrowserContext, Page, expect
from port_visitor import run_program
from running_site import RunningSite
from site_courses import SMALL_LESSON

SOON = 20_000  # ms; a busy machine with two cores


def sign_in(context: BrowserContext, person: LearnerClient) -> Page:
    """A page of somebody who is signed in already, at the lesson with their lab."""
    address = person.site.address
    context.add_cookies([{"name": name, "value": value, "url": address} for name, value in person.http.cookies.items()])
    context.add_cookies([{"name": "language", "value": "es", "url": address}])
    page = context.new_page()
    page.goto(f"{address}/courses/{SMALL_LESSON}/")
    return page


def open_port(page: Page, port: int | None = None) -> Page:
    """Open the port that the lab declares, or another one by its number; return the new tab."""
    if page.locator(".lab-ports").get_attribute("open") is None:
        page.locator(".lab-ports > summary").click()
    with page.context.expect_page() as opened:
        if port is None:
            page.locator(".port-list button").first.click()
        else:
            page.locator("#port-number").fill(str(port))
            page.keyboard.press("Enter")
    tab = opened.value
    tab.wait_for_url(lambda address: "labs.localhost" in address and address.endswith("/"), timeout=SOON)
    return tab


def start_lab(site: RunningSite, person: LearnerClient) -> str:
    """Start the small lab with its web server on port 8080."""
    session = person.start_lab(SMALL_LESSON)
    run_program(person, session)
    return session


def see(tab: Page, text: str) -> None:
    """Wait until a tab shows some text."""
    expect(tab.get_by_text(text)).to_be_visible(timeout=SOON)
