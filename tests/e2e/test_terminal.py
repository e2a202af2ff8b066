"""A terminal in Chromium, against the real door and the real agent: typing, coming back, several devices."""

import re

import pytest
from playwright.sync_api import Browser, Page

from terminal.closing import CloseCode
from tests.contract.agent_process import AgentProcess
from tests.e2e.terminal_page import CHROMIUM, TerminalPage
from tests.terminal.harness import Server, Site

pytestmark = [pytest.mark.e2e, pytest.mark.skipif(not CHROMIUM, reason="There is no Chromium on this machine.")]


def test_typing_and_colours_under_a_strict_policy(terminal: TerminalPage) -> None:
    terminal.type("printf '\\e[38;2;120;40;0m%s\\e[0m \\e[7m%s\\e[0m\\n' warm reversed\n")

    terminal.until_shown("\nwarm reversed")
    warm = terminal.page.locator(".xterm-rows span", has_text=re.compile("^warm$"))
    assert warm.evaluate("(span) => getComputedStyle(span).color") == "rgb(120, 40, 0)"


def test_a_command_from_the_text_runs_in_the_named_terminal(terminal: TerminalPage) -> None:
    terminal.run("echo he''re", terminal="servidor")

    terminal.until_shown("\nhere")
    assert terminal.page.get_by_role("tab", name="Servidor").get_attribute("aria-selected") == "true"


def test_several_lines_from_the_text_run_as_one(terminal: TerminalPage) -> None:
    terminal.run("cat <<END\n\tta''bbed\nEND\necho th''en")

    terminal.until_shown("\nthen")
    terminal.until_shown("ta''bbed")


def test_the_page_comes_back_where_it_was_after_a_restart(page: Page, agent: AgentProcess, server: Server) -> None:
    terminal = TerminalPage(page, server)
    terminal.open()
    terminal.run("mark=ke''pt; for n in $(seq 60); do echo line $n; sleep 0.05; done")
    terminal.until_shown("line 5\n")

    server.stop()
    terminal.page.wait_for_selector("[data-state=down]")
    terminal.type("echo $mark $((6*7))\n")
    terminal.until_line("Reconnecting")
    restarted = Server(Site(agent), server.port).start()
    terminal.until_live()

    terminal.until_shown("\nkept 42")
    numbers = [line for line in terminal.screen.splitlines() if line.startswith("line ")]
    first = int(numbers[0].split()[1])
    assert numbers == [f"line {n}" for n in range(first, 61)]
    restarted.stop()


def test_another_device_sees_the_same_and_is_scaled_until_it_types(browser: Browser, terminal: TerminalPage) -> None:
    terminal.run("seq 1 3; echo sha''red")
    terminal.until_shown("\nshared")
    context = browser.new_context(viewport={"width": 390, "height": 700}, has_touch=True, is_mobile=True)
    phone = TerminalPage(context.new_page(), terminal.server)

    phone.open()
    phone.until_shown("\nshared")
    assert phone.page.get_attribute(".terminal-pane:visible", "data-state") == "watching"
    phone.until_line("another device")
    box = phone.page.locator(".terminal-pane:visible .xterm-screen").bounding_box()
    assert box
    assert box["width"] <= 390

    phone.page.fill("[aria-label='Command line']", "stty size")
    phone.page.press("[aria-label='Command line']", "Enter")
    phone.page.wait_for_selector("[data-state=driving]")
    terminal.page.wait_for_selector("[data-state=watching]")
    terminal.until_line("another device")
    context.close()


def test_enter_starts_a_new_shell_after_the_end_of_one(terminal: TerminalPage) -> None:
    terminal.type("exit 3\n")
    terminal.until_line("status 3")

    terminal.type("\n")
    terminal.page.wait_for_selector(".terminal-line", state="hidden")

    terminal.type("echo ne''w\n")
    terminal.until_shown("\nnew")


def test_a_gap_is_told_in_the_terminal(page: Page, agent: AgentProcess, server: Server) -> None:
    terminal = TerminalPage(page, server)
    terminal.open()
    # So much that the ring forgets its beginning, and all on one row, so that the page still shows where it did.
    terminal.run("sleep 1; head -c 3000000 /dev/zero | tr '\\0' '\\r'; echo e''nd")
    terminal.until_shown("sleep 1")
    server.stop()
    terminal.page.wait_for_timeout(2500)

    restarted = Server(Site(agent), server.port).start()
    terminal.until_live()

    terminal.until_shown("\nend")
    assert "of earlier output are not kept]" in terminal.screen
    restarted.stop()


@pytest.mark.parametrize(
    ("code", "sentence"),
    [
        (CloseCode.SIGNED_OUT, "no longer signed in"),
        (CloseCode.ENDED, "The lab has ended"),
        (CloseCode.NOT_FOUND, "does not exist"),
        (CloseCode.POLICY, "Reload the page"),
        (CloseCode.TOO_MANY, "too many terminals"),
        (CloseCode.NOT_READY, "not ready yet"),
    ],
)
def test_the_reason_of_a_closed_socket_is_said(page: Page, server: Server, code: CloseCode, sentence: str) -> None:
    server.site.code = code
    page.goto(server.url)

    page.wait_for_selector(f".terminal-line >> text={sentence}")


def test_a_reset_lab_is_a_fresh_terminal(page: Page, agent: AgentProcess, server: Server) -> None:
    terminal = TerminalPage(page, server)
    terminal.open()
    terminal.run("echo be''fore")
    terminal.until_shown("\nbefore")

    server.site.resets += 1
    server.stop()
    site = Site(agent)
    site.resets = 1
    restarted = Server(site, server.port).start()
    terminal.page.wait_for_selector("[data-state=down]")
    terminal.until_live()

    terminal.until_shown("\nbefore")
    assert terminal.screen.count("\nbefore") == 1  # It is the same agent in truth, so its ring is shown, once.
    restarted.stop()
