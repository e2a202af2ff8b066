"""The parts of the browser's terminal that need no terminal, one by one."""

import json
from typing import Any

import pytest
from playwright.sync_api import Page

from terminal import protocol
from terminal.protocol import Ack, Attach, Ending, Hello, Input, Ping, Resize, Restart
from tests.e2e.terminal_page import CHROMIUM, TerminalPage
from tests.terminal.harness import Server

pytestmark = [pytest.mark.e2e, pytest.mark.skipif(not CHROMIUM, reason="There is no Chromium on this machine.")]
WINDOW = 65_536


@pytest.fixture
def run(page: Page, server: Server):
    """Run a function body with a module of the terminal; bytes come back as lists of numbers."""
    page.goto(f"{server.url}static/vendor/README.md")

    def run(module: str, body: str) -> Any:
        return page.evaluate(
            f"""async () => {{
              const module = await import('{server.url}static/js/terminal/{module}.js');
              const bytes = (text) => new TextEncoder().encode(text);
              const text = (piece) => piece && [piece.offset, new TextDecoder().decode(piece.data)];
              {body}
            }}"""
        )

    return run


def test_what_is_typed_is_kept_until_it_is_accepted(run) -> None:
    shown = run(
        "outbox",
        """const box = new module.Outbox();
           box.push(bytes('abc')); box.push(bytes('def'));
           const first = [text(box.next()), text(box.next()), text(box.next())];
           box.accept(4);
           box.resume({ known: true, input: 4 });
           return [first, text(box.next()), text(box.next()), box.size];""",
    )

    assert shown == [[[0, "abc"], [3, "def"], None], [4, "ef"], None, 2]


def test_after_a_break_exactly_what_the_shell_lacks_is_sent_again(run) -> None:
    shown = run(
        "outbox",
        """const box = new module.Outbox();
           box.push(bytes('abcdef')); box.next();
           box.push(bytes('ghi'));
           box.resume({ known: true, input: 2 });
           return [text(box.next()), text(box.next())];""",
    )

    assert shown == [[2, "cdef"], [6, "ghi"]]


def test_where_the_agent_forgot_this_page_nothing_is_typed_twice(run) -> None:
    shown = run(
        "outbox",
        """const box = new module.Outbox();
           box.push(bytes('sent')); box.next();
           box.push(bytes('kept'));
           box.resume({ known: false, input: 0 });
           return [text(box.next()), box.size];""",
    )

    assert shown == [[4, "kept"], 4]


def test_a_count_that_cannot_be_begins_anew(run) -> None:
    shown = run(
        "outbox",
        """const box = new module.Outbox();
           box.push(bytes('lost'));
           box.resume({ known: true, input: 1000 });
           box.push(bytes('new'));
           return [text(box.next()), text(box.next())];""",
    )

    assert shown == [[1000, "new"], None]


def test_no_more_than_the_window_is_on_its_way(run) -> None:
    shown = run(
        "outbox",
        """const box = new module.Outbox();
           box.push(new Uint8Array(100_000));
           const sizes = [];
           for (let piece = box.next(); piece; piece = box.next()) sizes.push(piece.data.length);
           box.accept(10);
           return [sizes, box.next().data.length, box.next()];""",
    )

    assert sum(shown[0]) == WINDOW
    assert max(shown[0]) <= protocol.MAX_INPUT_BYTES
    assert shown[1:] == [10, None]


def test_an_interrupt_overtakes_a_paste(run) -> None:
    shown = run(
        "outbox",
        """const box = new module.Outbox();
           box.push(new Uint8Array(1_000_000));
           while (box.next());
           box.push(bytes('\\x03'));
           box.accept(65_536);
           return [text(box.next()), box.next(), box.size];""",
    )

    assert shown == [[WINDOW, "\x03"], None, 1]


def test_there_is_an_end_to_what_is_kept(run) -> None:
    assert run(
        "outbox",
        """const box = new module.Outbox();
           return [box.push(new Uint8Array(16 << 20)), box.push(bytes('x')), box.size];""",
    ) == [True, False, 16 << 20]


def test_the_door_understands_the_browsers_frames(run) -> None:
    frames = run(
        "frames",
        """const viewer = Uint8Array.from({ length: 16 }, (_, n) => n);
           const stream = new Uint8Array(8).fill(255);
           return [
             module.attach({ viewer, stream: null, offset: 0, columns: 80, rows: 24 }),
             module.attach({ viewer, stream, offset: 2 ** 40, columns: 500, rows: 300 }),
             module.input(2 ** 33, bytes('ls')), module.ack(2 ** 50), module.resize(100, 40),
             module.restart(), module.ping(7),
           ].map((frame) => [...new Uint8Array(frame)]);""",
    )

    viewer = bytes(range(16)).hex()
    assert [protocol.parse(bytes(frame)) for frame in frames] == [
        Attach(viewer, None, None, 80, 24),
        Attach(viewer, b"\xff" * 8, 2**40, 500, 300),
        Input(2**33, b"ls"),
        Ack(2**50),
        Resize(100, 40),
        Restart(),
        Ping(7),
    ]


def test_the_browser_understands_the_doors_frames(run) -> None:
    hello = Hello(bytes(8), resumed=True, driving=False, known=True, start=1, live=2**40, input=3, columns=80, rows=24)
    sent = [
        protocol.hello(hello),
        protocol.output(2**40, b"hi"),
        protocol.accepted(4),
        protocol.size(80, 24, driving=True),
        protocol.gap(5, 6, b"\x1b[?25l"),
        protocol.exited(Ending.SIGNALLED, 9),
        protocol.pong(7),
    ]

    understood = run(
        "frames",
        f"""const listed = (_, value) => (ArrayBuffer.isView(value) ? [...value] : value);
            const plain = (frame) => JSON.parse(JSON.stringify(frame, listed));
            return {json.dumps([list(frame) for frame in sent])}
              .map((frame) => plain(module.parse(new Uint8Array(frame).buffer)));""",
    )

    assert understood == [
        {
            "type": "hello",
            "resumed": True,
            "driving": False,
            "known": True,
            "stream": [0] * 8,
            "start": 1,
            "live": 2**40,
            "input": 3,
            "columns": 80,
            "rows": 24,
        },
        {"type": "output", "offset": 2**40, "data": list(b"hi")},
        {"type": "accepted", "offset": 4},
        {"type": "size", "columns": 80, "rows": 24, "driving": True},
        {"type": "gap", "lost": 5, "offset": 6, "modes": list(b"\x1b[?25l")},
        {"type": "exited", "kind": "signal", "value": 9},
        {"type": "pong", "token": 7},
    ]


@pytest.mark.parametrize(("text", "lines"), [("ls", 1), ("ls\n", 2), ("a\r\nb", 2), ("a\rb\nc", 3), ("", 1)])
def test_lines_of_a_paste_are_counted_as_they_would_run(run, text: str, lines: int) -> None:
    assert run("paste", f"return module.countLines({json.dumps(text)});") == lines


def test_sizes_are_said_in_the_readers_language(run) -> None:
    assert run("strings", "return [module.sizeText(12_345, 'en'), module.sizeText(1_234_567, 'es')];") == [
        "12 kB",
        "1,2 MB",
    ]


HIDDEN_PAGE = """async ([address, url]) => {
  const { TerminalSession } = await import(address);
  // An xterm as a hidden page has it: it takes what comes and shows nothing, until the page is shown.
  window.screen_ = { held: [], output: '', write(data, done) {
    if (this.held) { this.held.push(done); return; }
    if (typeof data !== 'string') this.output += new TextDecoder().decode(data);
    done();
  } };
  const session = new TerminalSession(screen_, url, { size: () => ({ columns: 80, rows: 24 }), describeGap: () => '' });
  session.start();
  session.type(new TextEncoder().encode("timeout 2 yes 0123456789; echo fin''ished\\r"));
  window.visible = (state) => {
    Object.defineProperty(document, 'visibilityState', { configurable: true, get: () => state });
    document.dispatchEvent(new Event('visibilitychange'));
  };
  visible('hidden');
}"""


def test_a_hidden_page_that_cannot_keep_up_leaves_and_comes_back(page: Page, server: Server) -> None:
    page.clock.install()
    page.goto(f"{server.url}static/vendor/README.md")
    terminal = TerminalPage(page, server)
    page.evaluate(HIDDEN_PAGE, [f"{server.url}static/js/terminal/session.js", server.terminal()])
    terminal.wait_for(lambda: page.evaluate("screen_.held.length") > 2)

    page.clock.fast_forward(10_500)
    terminal.wait_for(lambda: server.site.agent.client.ptys()[0].viewers == 0)
    page.evaluate("() => { screen_.held = null; visible('visible'); }")

    terminal.wait_for(lambda: "finished" in page.evaluate("screen_.output.slice(-500)"))
