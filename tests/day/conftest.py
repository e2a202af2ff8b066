"""One school for its whole day: a site as systemd runs it, whose power can be cut, and a Chromium."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser
from running_site import brought_up, wait_for

from tests.day.school import LEARNERS, WARM, School, write_course
from tests.e2e.terminal_page import chromium
from tests.life.service import ServedSite


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@pytest.fixture
def school(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[School]:
    """A site that is up, with the course and the accounts of an admin and an instructor."""
    folder = tmp_path_factory.mktemp("school")
    write_course(folder / "courses")
    site = ServedSite(
        folder,
        MUELLE_COURSES_DIR=str(folder / "courses"),
        MUELLE_MAX_LIVE_SESSIONS=str(LEARNERS),  # a lab for each, and not one more
        MUELLE_POOL_SIZE="1",
        MUELLE_POOL_MAX=str(WARM),
        MUELLE_POOL_SIZE_ENGINE="0",
        MUELLE_LAB_NETWORKS="",  # no lab here has one, and the suite's own network has no walls to look at
    )
    with brought_up(site):
        wait_for(site.answers, seconds=30, what="An answer of the site")
        yield School(site, browser)
