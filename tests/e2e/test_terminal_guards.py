"""What a terminal does not let happen: case E06 of the security blueprint, pasted commands, other scripts than ours."""

import pytest
from playwright.sync_api import Browser, Page, Route

from tests.e2e.terminal_page import CHROMIUM, TerminalPage
from tests.terminal.harness import STATIC, Server

pytestmark = [pytest.mark.e2e, pytest.mark.skipif(not CHROMIUM, reason="There is no Chromium on this machine.")]
CDN = "https://cdn.jsdelivr.net/npm/**"

# DA1, DA2, DSR, CPR, private CPR, OSC 10 and 11, DECRQSS, DECRQM.
QUESTIONS = (
    r"\e[c", r"\e[>c", r"\e[5n", r"\e[6n", r"\e[?6n", r"\e]10;?\a", r"\e]11;?\a", r"\eP$qm\e\\", r"\e[?1$p",
)  # fmt: skip


def test_questions_of_the_past_are_not_answered(terminal: TerminalPage) -> None:
    asking = "printf '" + "".join(QUESTIONS) + "'"
    terminal.run(f"clear; {asking}; read -rst 1 -N 1000 answers; echo an''swered")
    terminal.until_shown("\nanswered")
    assert b"\x1b[?1;2c" in terminal.server.site.typed
    terminal.server.site.typed.clear()

    terminal.page.reload()
    terminal.until_live()
    terminal.page.wait_for_timeout(500)

    assert bytes(terminal.server.site.typed) == b""


def test_only_one_of_two_viewers_answers(browser: Browser, terminal: TerminalPage) -> None:
    context = browser.new_context(viewport={"width": 800, "height": 500})
    other = TerminalPage(context.new_page(), terminal.server)
    other.open()
    terminal.run("echo re''ady")
    other.until_shown("\nready")
    terminal.server.site.typed.clear()

    terminal.run("printf '\\e[c'; read -rs -t 1 -d c answer; echo")
    terminal.page.wait_for_timeout(1500)

    assert bytes(terminal.server.site.typed).count(b"\x1b[?1;2c") == 1
    context.close()


def test_answers_in_a_loop_are_limited(terminal: TerminalPage) -> None:
    terminal.run("stty -echo; for n in $(seq 2000); do printf '\\e[c'; done; sleep 1; stty echo")
    terminal.page.wait_for_timeout(2500)

    assert bytes(terminal.server.site.typed).count(b"\x1b[?1;2c") < 250
    assert terminal.page.get_attribute(".terminal-pane:visible", "data-state") == "driving"


def test_pasting_several_lines_is_asked_about(terminal: TerminalPage) -> None:
    terminal.page.evaluate("navigator.clipboard.writeText('echo one\\necho two\\n')")
    terminal.focus()
    terminal.page.keyboard.press("Control+Shift+V")
    terminal.until_line("Paste 3 lines?")
    assert "one" not in terminal.screen

    terminal.page.get_by_role("button", name="Cancel").click()
    terminal.page.keyboard.press("Control+Shift+V")
    terminal.page.get_by_role("button", name="Paste").click()

    terminal.until_shown("echo two")


def test_pasted_control_characters_are_taken_out(terminal: TerminalPage) -> None:
    terminal.page.evaluate("navigator.clipboard.writeText('echo a\\x1b[201~b\\x03c')")
    terminal.focus()

    terminal.page.keyboard.press("Control+Shift+V")

    terminal.until_shown("echo a[201~bc")


def test_links_lead_to_http_only(terminal: TerminalPage) -> None:
    terminal.run(
        "clear; printf '\\e]8;;javascript:document.title=1\\e\\\\evil\\e]8;;\\e\\\\ https://example.org/ok file:///etc/passwd\\n'"
    )
    terminal.until_shown("evil https://example.org/ok")  # as printed, not as the command that is typed has it
    opened: list[str] = []
    terminal.page.expose_function("noted", lambda address: opened.append(address))
    terminal.page.evaluate("() => { window.open = (address) => (noted(address), null); }")
    title = terminal.page.title()

    for text in ("evil", "https://example.org/ok", "file:///etc/passwd"):
        x, y = terminal.place_of(text)
        terminal.page.mouse.move(x, y)
        terminal.page.wait_for_timeout(100)
        terminal.page.mouse.click(x, y)
    terminal.page.wait_for_timeout(200)

    assert opened == ["https://example.org/ok"]
    assert terminal.page.title() == title


HOSTILE = [
    r"\e]52;c;ZXZpbA==\a",  # clipboard
    r"\e]0;evil\a",
    r"\e]1;evil\a",
    r"\e]2;evil\a",
    r"\e]l evil\e\\",
    r"\e[21t",  # report the title
    r"\e[20t",
    r"\e[14t",
    r"\e[18t",
    r"\e[3;0;0t",  # move the window
    r"\e[8;10;10t",
    r"\e[2t",  # iconify
    r"\e[9;1t",
    r"\e[22t",
    r"\e[23t",
    r"\e]50;?\a",  # font
    r"\e]51;evil\a",
    r"\e]7;file://evil/\a",
    r"\e]9;4;1;50\a",
    r"\e]777;notify;evil;evil\a",
    r"\e]1337;File=inline=1:AAAA\a",
    r"\eP+q544e\e\\",  # XTGETTCAP
    r"\ePq#0;2;0;0;0#0~~@@vv@@~~@@~~$\e\\",  # sixel
    r"\e_evil\e\\",
    r"\e^evil\e\\",
    r"\eXevil\e\\",
    r"\eZ",  # DECID
    r"\e[0x",  # DECREQTPARM
    r"\e[?26n",
    r"\e[?62n",
    r"\005",  # ENQ
    r"\e[99999999999999999999A",
    r"\e[1;2;3;4;5;6;7;8;9;10;11;12;13;14;15;16;17;18;19;20;21;22;23;24;25;26;27;28;29;30;31;32;33;34;35m",
    r"\e[2147483647;2147483647H",
    r"\e[99999@\e[99999P\e[99999X",
    r"\e[999999b",
    r"\e[999999S\e[999999T",
    r"\e[5i\e[4i",  # printer
    r"\e[?5i",
    r"\e[u\e[=1u\e[>1u\e[?u",  # kitty keyboard
    r"\e#8",
    r"\ec",
    r"\e[!p",
    r"\e[61\"p",
    r"\e[?1049h\e[?1049l",
    r"\e[?1000h\e[?1000l",
    r"\e[?2026h\e[?2026l",
    r"\e]8;;javascript:alert(1)\e\\x\e]8;;\e\\",
    r"\e]8;;data:text/html,x\e\\x\e]8;;\e\\",
    r"\e]8;;vbscript:x\e\\x\e]8;;\e\\",
    r"\e]104\a\e]110\a\e]111\a\e]112\a",
    r"\e]4;1;red\a",
    r"\e[>0q",
    r"\e[=c",
    r"\e[?1;2c",
    r"\eP1$r0m\e\\",
    r"\eP=1s\e\\",
    r"\e[\x18\e[\x1a",
    r"\xc2\x9b21t",
    r"\xf0\x28\x8c\x28\xff\xfe",
]


@pytest.mark.abuse
def test_hostile_output_does_nothing_but_appear(terminal: TerminalPage) -> None:
    terminal.page.evaluate("navigator.clipboard.writeText('mine')")
    title, address = terminal.page.title(), terminal.page.url
    script = "".join(f"printf '{sequence}'\n" for sequence in HOSTILE)
    (terminal.server.site.agent.home / "hostile").write_text(f"sleep 0.5\n{script}sleep 1\n")
    terminal.run("stty -echo; bash hostile; stty echo")
    terminal.page.wait_for_timeout(300)
    terminal.server.site.typed.clear()

    terminal.page.wait_for_timeout(2000)

    typed = bytes(terminal.server.site.typed)
    for known in (b"\x1b[?1;2c", b"\x1b[?25h"):
        typed = typed.replace(known, b"")
    assert typed == b""
    assert len(HOSTILE) >= 60
    assert terminal.page.evaluate("navigator.clipboard.readText()") == "mine"
    assert (terminal.page.title(), terminal.page.url) == (title, address)
    terminal.run("echo al''ive")
    terminal.until_shown("\nalive")


def test_xterm_comes_from_the_network_with_its_hash_verified(page: Page, server: Server) -> None:
    served = _serve_network(page)
    terminal = TerminalPage(page, server)

    terminal.open("network=1")

    assert {url.rsplit("/", 1)[1] for url in served} == {"xterm.mjs", "addon-fit.mjs", "addon-web-links.mjs"}
    assert terminal.complaints == []


def test_a_silent_network_is_replaced_after_half_a_second(page: Page, server: Server) -> None:
    held: list[Route] = []
    page.route(CDN, lambda route: held.append(route))
    terminal = TerminalPage(page, server)

    terminal.open("network=1")

    terminal.run("echo lo''cal")
    terminal.until_shown("\nlocal")
    assert held
    for route in held:
        route.abort()


def test_a_network_that_is_down_is_replaced(page: Page, server: Server) -> None:
    page.route(CDN, lambda route: route.abort())

    TerminalPage(page, server).open("network=1")


@pytest.mark.abuse
def test_a_network_that_serves_something_else_is_not_believed(page: Page, server: Server) -> None:
    _serve_network(page, prefix=b"window.evil = true;")
    terminal = TerminalPage(page, server)

    terminal.open("network=1")

    assert page.evaluate("window.evil") is None


def _serve_network(page: Page, prefix: bytes = b"") -> list[str]:
    served: list[str] = []

    def serve(route: Route) -> None:
        served.append(route.request.url)
        body = prefix + (STATIC / "vendor" / "xterm" / route.request.url.rsplit("/", 1)[1]).read_bytes()
        headers = {"content-type": "application/javascript", "access-control-allow-origin": "*"}
        route.fulfill(body=body, headers=headers)

    page.route(CDN, serve)
    return served
