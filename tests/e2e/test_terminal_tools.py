"""What is around a terminal: tabs, search, settings, sizes, themes, the keys of a phone."""

import pytest
from playwright.sync_api import Browser

from tests.e2e.terminal_page import CHROMIUM, TerminalPage
from tests.terminal.harness import Server

pytestmark = [pytest.mark.e2e, pytest.mark.skipif(not CHROMIUM, reason="There is no Chromium on this machine.")]


def test_search_finds_what_has_scrolled_away(terminal: TerminalPage) -> None:
    terminal.run("echo nee''dle; seq 1 300")
    terminal.until_shown("\n300")

    terminal.focus()
    terminal.page.keyboard.press("Control+Shift+F")
    terminal.page.fill("[type=search]", "needle")

    terminal.until_shown("\nneedle")
    terminal.page.keyboard.press("Escape")
    terminal.page.keyboard.type("echo ba''ck\n")
    terminal.until_shown("\nback")


def test_copy_on_select_is_an_option(terminal: TerminalPage) -> None:
    terminal.run("clear; echo cop''yme")
    terminal.until_shown("\ncopyme")
    terminal.page.evaluate("navigator.clipboard.writeText('before')")
    x, y = terminal.place_of("copyme")
    terminal.page.mouse.dblclick(x, y)
    terminal.page.wait_for_timeout(200)
    assert terminal.page.evaluate("navigator.clipboard.readText()") == "before"

    terminal.page.click("summary")
    terminal.page.get_by_label("Copy what is selected").check()
    terminal.page.keyboard.press("Escape")
    terminal.page.mouse.click(700, 500)
    terminal.page.mouse.dblclick(x, y)

    terminal.page.wait_for_function("navigator.clipboard.readText().then((text) => text === 'copyme')")


def test_text_size_and_screen_reader_mode_are_remembered(terminal: TerminalPage) -> None:
    terminal.page.click("summary")
    terminal.page.get_by_role("button", name="Larger text").click()
    terminal.page.get_by_label("Screen reader mode").check()
    assert terminal.page.inner_text(".terminal-size output") == "16 px"

    terminal.page.reload()
    terminal.until_live()

    assert terminal.page.evaluate("document.querySelector('.xterm-accessibility') !== null")
    terminal.page.click("summary")
    assert terminal.page.inner_text(".terminal-size output") == "16 px"


def test_the_keyboard_leaves_the_terminal(terminal: TerminalPage) -> None:
    terminal.focus()

    terminal.page.keyboard.press("F6")

    assert terminal.page.evaluate("document.activeElement.getAttribute('role')") == "tab"
    terminal.page.keyboard.press("ArrowRight")
    assert terminal.page.evaluate("document.activeElement.textContent") == "Servidor"


def test_who_has_left_the_terminal_gets_past_it_with_tab(terminal: TerminalPage) -> None:
    here = "document.activeElement.closest('muelle-terminals') && document.activeElement.localName"
    terminal.focus()
    terminal.page.keyboard.press("F6")

    stops = []
    while terminal.page.evaluate(here) and len(stops) < 20:
        terminal.page.keyboard.press("Tab")
        stops.append(terminal.page.evaluate(here))

    assert stops[-1] is None
    assert "textarea" not in stops
    terminal.page.keyboard.press("Shift+Tab")
    assert terminal.page.evaluate(here) == "textarea"


def test_more_terminals_can_be_opened_and_closed(terminal: TerminalPage) -> None:
    for number in range(1, 5):
        terminal.page.get_by_role("button", name="Open another terminal").click()
        terminal.page.get_by_role("tab", name=f"Extra {number}", selected=True).wait_for()
    assert not terminal.page.get_by_role("button", name="Open another terminal").is_visible()
    terminal.until_live()
    terminal.run("echo st''ays")
    terminal.until_shown("\nstays")

    terminal.page.get_by_role("button", name="Close Extra 4").click()
    assert terminal.page.get_by_role("tab").count() == 5
    terminal.page.get_by_role("button", name="Open another terminal").click()

    terminal.until_shown("\nstays")


def test_the_page_turns_dark_and_the_terminal_with_it(terminal: TerminalPage) -> None:
    def background() -> str:
        return terminal.page.evaluate(
            "getComputedStyle(document.querySelector('.xterm-scrollable-element')).backgroundColor"
        )

    light = background()
    terminal.page.evaluate("document.documentElement.dataset.theme = 'dark'")
    terminal.page.wait_for_timeout(300)

    assert background() != light


def test_the_terminal_fits_its_space_and_follows_it(terminal: TerminalPage) -> None:
    terminal.until_shown("learner@lab")
    terminal.page.set_viewport_size({"width": 600, "height": 400})
    terminal.page.wait_for_timeout(400)

    terminal.run("echo fits=$(stty size)=")

    terminal.until_shown("\nfits=")
    rows, columns = (int(number) for number in terminal.screen.split("\nfits=")[1].split("=")[0].split())
    assert 10 < rows < 22
    assert 40 < columns < 70


def test_a_phone_has_keys_and_a_line_to_write_in(browser: Browser, server: Server) -> None:
    context = browser.new_context(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    phone = TerminalPage(context.new_page(), server)
    phone.open()
    line = phone.page.get_by_label("Command line")

    line.fill("echo wri''tten")
    line.press("Enter")
    phone.until_shown("\nwritten")

    line.fill("cat")
    phone.page.get_by_role("button", name="Send with Enter").tap()
    line.fill("abc")
    phone.page.get_by_role("button", name="Type without Enter").tap()
    phone.until_shown("\nabc")
    phone.page.get_by_role("button", name="Ctrl").tap()
    phone.page.get_by_role("button", name="^C").tap()
    phone.until_shown("^C")

    phone.page.get_by_role("button", name="Up", exact=True).tap()
    phone.until_screen(lambda screen: screen.rstrip().endswith("cat"))
    phone.page.get_by_role("button", name="Ctrl").tap()
    line.press_sequentially("u")
    line.fill("echo a")
    phone.page.get_by_role("button", name="Type without Enter").tap()
    for name in ("|", "/", "-", "~"):
        phone.page.get_by_role("button", name=name, exact=True).tap()
    phone.until_shown("echo a|/-~")
    keys = phone.page.locator(".terminal-keys").bounding_box()
    last = phone.page.get_by_role("button", name="~", exact=True).bounding_box()
    assert keys
    assert last
    assert last["x"] + last["width"] <= 390
    assert phone.complaints == []
    context.close()


def test_text_being_composed_is_sent_when_it_is_whole(browser: Browser, server: Server) -> None:
    context = browser.new_context(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    phone = TerminalPage(context.new_page(), server)
    phone.open()
    phone.page.get_by_label("Command line").focus()
    session = context.new_cdp_session(phone.page)

    session.send("Input.imeSetComposition", {"text": "echo se", "selectionStart": 7, "selectionEnd": 7})
    session.send("Input.imeSetComposition", {"text": "echo señ", "selectionStart": 8, "selectionEnd": 8})
    session.send("Input.insertText", {"text": "echo señal"})
    assert bytes(server.site.typed) == b""
    phone.page.keyboard.press("Enter")

    phone.until_shown("\nseñal")
    context.close()


def test_the_terminal_has_no_accessibility_violations(terminal: TerminalPage) -> None:
    from axe_playwright_python.sync_playwright import Axe

    terminal.run("ls --color /")
    terminal.page.click("summary")

    results = Axe().run(terminal.page)

    assert results.response["violations"] == [], results.generate_report()
