"""A terminal in Chromium, as the tests of the browser's side see it."""

import os
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

from tests.terminal.harness import Server

PATIENCE = 15_000  # milliseconds that any single wait may take on a busy machine
CHROMIUM = os.environ.get("MUELLE_CHROMIUM") or shutil.which("chromium")

# Shows what xterm has on its screen. Rows are read from the buffer, so that they are whole whatever is visible.
SCREEN = """() => [...document.querySelectorAll('.terminal-pane')]
  .filter((pane) => pane.offsetParent !== null)
  .map((pane) => [...pane.querySelectorAll('.xterm-rows > div')].map((row) => row.textContent).join('\\n'))
  .join('\\n')"""

# The middle of a text in the last row that has it.
PLACE = """(text) => {
  const row = [...document.querySelectorAll('.xterm-rows > div')].findLast((row) => row.textContent.includes(text));
  let left = row.textContent.indexOf(text) + Math.floor(text.length / 2);
  const walker = document.createTreeWalker(row, NodeFilter.SHOW_TEXT);
  let node = walker.nextNode();
  for (; left >= node.length; node = walker.nextNode()) left -= node.length;
  const range = document.createRange();
  range.setStart(node, left);
  range.setEnd(node, left + 1);
  const box = range.getBoundingClientRect();
  return [box.x + box.width / 2, box.y + box.height / 2];
}"""


@contextmanager
def chromium() -> Iterator[Browser]:
    """The system's Chromium, without its sandbox, which root cannot have."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


def terminal_text(page: Page) -> str:
    """Return the lines on the screen of a page's terminal."""
    return str(page.evaluate(SCREEN)).replace("\xa0", " ")


def wait_for_text(page: Page, pattern: str, *, within: int = PATIENCE) -> re.Match[str]:
    """Wait until the terminal shows a line that matches; return the match. `within` is in milliseconds."""
    for _look in range(within // 50):
        if found := re.search(pattern, terminal_text(page), re.MULTILINE):
            return found
        page.wait_for_timeout(50)
    raise AssertionError(f"the terminal never showed {pattern}: {terminal_text(page)[-1500:]}")


def type_in_terminal(page: Page, text: str) -> None:
    """Type a line and press Enter."""
    page.locator(".xterm-helper-textarea").first.focus()
    page.keyboard.type(text)
    page.keyboard.press("Enter")


@dataclass
class TerminalPage:
    """One page with terminals. `complaints` has everything the browser's console objected to."""

    page: Page
    server: Server
    complaints: list[str] = field(default_factory=list)

    def open(self, query: str = "") -> None:
        """Go to the page and wait until its terminal is live."""
        self.page.set_default_timeout(PATIENCE)
        self.page.on("console", lambda message: message.type in ("error", "warning") and self.complain(message.text))
        self.page.on("pageerror", lambda error: self.complain(str(error)))
        self.page.goto(f"{self.server.url}?{query}", wait_until="domcontentloaded")
        self.until_live()

    def complain(self, text: str) -> None:
        self.complaints.append(text)

    def until_live(self) -> None:
        """Wait for HELLO."""
        self.page.wait_for_selector(".terminal-pane:visible:is([data-state=driving], [data-state=watching])")

    @property
    def screen(self) -> str:
        """What the shown terminal shows, each row behind a line feed."""
        return "\n" + terminal_text(self.page)

    def wait_for(self, condition: Callable[[], object]) -> None:
        """Wait until `condition` holds, while the page goes on."""
        for _ in range(PATIENCE // 50):
            if condition():
                return
            self.page.wait_for_timeout(50)
        raise AssertionError(f"the terminal shows:\n{self.screen}")

    def until_screen(self, condition: Callable[[str], object]) -> None:
        """Wait until what the terminal shows fulfils `condition`."""
        self.wait_for(lambda: condition(self.screen))

    def until_shown(self, text: str) -> None:
        """Wait until the terminal shows `text`."""
        self.until_screen(lambda screen: text in screen)

    def place_of(self, text: str) -> tuple[float, float]:
        """Where on the page the terminal shows `text`."""
        x, y = self.page.evaluate(PLACE, text)
        return x, y

    def focus(self) -> None:
        """Click into the terminal."""
        self.page.click(".terminal-pane:visible .xterm-screen")

    def type(self, text: str) -> None:
        """Type on the keyboard."""
        self.focus()
        self.page.keyboard.type(text)

    def run(self, command: str, **detail: Any) -> None:
        """Run a command as a button in the lesson does."""
        self.page.evaluate(
            "detail => document.dispatchEvent(new CustomEvent('muelle:run', { detail }))",
            {"command": command, **detail},
        )

    @property
    def line(self) -> str:
        """The thin line of text over the shown terminal, or nothing."""
        shown = self.page.locator(".terminal-pane:visible .terminal-line:visible [role=status]")
        return shown.inner_text() if shown.count() else ""

    def until_line(self, text: str) -> None:
        """Wait until the thin line says `text`."""
        self.page.wait_for_selector(f".terminal-line:visible >> text={text}")
