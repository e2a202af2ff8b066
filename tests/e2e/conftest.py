"""What the browser tests share."""

from collections.abc import Iterator

import pytest
from django.db import connections
from playwright.sync_api import Browser, Page

from tests.e2e.terminal_page import TerminalPage, chromium
from tests.terminal.conftest import agent, agent_binary, server
from tests.terminal.harness import Server

__all__ = ["agent", "agent_binary", "server"]


@pytest.fixture(scope="session", autouse=True)
def _rows_beside_playwright() -> Iterator[None]:
    """Let these tests make rows: Playwright keeps an event loop in this thread, which makes the ORM suspicious."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        yield


@pytest.fixture(scope="session")
def django_db_modify_db_settings(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Keep the rows in a file, as a site does: in memory all threads share one connection, and none waits its turn."""
    connections["default"].settings_dict["TEST"]["NAME"] = str(tmp_path_factory.mktemp("rows") / "db.sqlite3")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1000, "height": 600})
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    yield context.new_page()
    context.close()


@pytest.fixture
def terminal(page: Page, server: Server) -> Iterator[TerminalPage]:
    """An open terminal. Whatever it did, the browser's console must have had nothing to object."""
    opened = TerminalPage(page, server)
    opened.open()
    yield opened
    assert opened.complaints == []
