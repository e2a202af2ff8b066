"""A small site with nothing but a terminal: real agent, terminal door, one page with the policy of the real pages.

Used by tests that drive a browser or a WebSocket, and by hand:
`PYTHONPATH=platform:. python -m tests.terminal.harness AGENT [PORT]`.
"""

import contextlib
import mimetypes
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

from sandboxes.agent_client import DEFAULT_ENVIRONMENT, PtyCommand
from terminal.closing import Refused
from terminal.serving import Terminal, serve
from terminal.sockets import Receive, Scope, Send, Socket
from tests.contract.agent_process import AgentProcess
from tests.server_thread import ServerThread

STATIC = Path(__file__).resolve().parents[2] / "static"
NONCE = "dGVzdA"
POLICY = (
    f"default-src 'none'; script-src 'self' 'nonce-{NONCE}' https://cdn.jsdelivr.net; "
    f"style-src 'self' 'nonce-{NONCE}'; img-src 'self' data:; font-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; object-src 'none'; frame-ancestors 'none'"
)
PAGE = """<!doctype html>
<html lang="{language}" data-theme="{theme}">
<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>Terminal</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/static/css/terminal.css">
<style nonce="{nonce}">
  :root {{ color-scheme: light dark; }}
  :root[data-theme="dark"] {{ color-scheme: dark; }}
  :root[data-theme="light"] {{ color-scheme: light; }}
  body {{ margin: 0; font: 17px/1.5 system-ui, sans-serif; }}
  main {{ height: 100dvh; display: flex; flex-direction: column; }}
  muelle-terminals {{ flex: 1; }}
</style>
<main><h1 hidden>Terminal</h1>
<muelle-terminals data-url="/ws/terminal/demo/" data-names="principal servidor" data-title-servidor="Servidor"
  {network}></muelle-terminals>
</main>
<script type="module" nonce="{nonce}" src="/static/js/terminal/mount.js"></script>
</html>"""


class Site:
    """The ASGI application. `code`, when set, closes every socket with it; `streams` counts resets of the sandbox."""

    def __init__(self, agent: AgentProcess) -> None:
        self.agent = agent
        self.code: Any = None
        self.resets = 0
        self.typed = bytearray()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            await self._terminal(scope, receive, send)
        elif scope["type"] == "http":
            await self._page(scope, send)

    async def _terminal(self, scope: Scope, receive: Receive, send: Send) -> None:
        browser = Socket(receive, send)
        await browser.accept()
        environment = {
            **DEFAULT_ENVIRONMENT,
            "TERM": "xterm-256color",
            "HOME": str(self.agent.home),
            "PS1": r"learner@lab:\w\$ ",
        }
        shell = PtyCommand(("/bin/bash", "--norc", "-i"), environment, str(self.agent.home))
        name = scope["path"].rstrip("/").rsplit("/", 1)[1]
        try:
            if self.code:
                raise Refused(self.code)
            stream_id = self.resets.to_bytes(8, "big")
            await serve(browser, Terminal(self.agent.socket, name, stream_id, shell), on_input=self._note)
        except Refused as refusal:
            await browser.close(refusal.code)
        except OSError:
            pass

    def _note(self, data: bytes) -> None:
        self.typed += data

    async def _page(self, scope: Scope, send: Send) -> None:
        query = {name: values[0] for name, values in parse_qs(scope["query_string"].decode()).items()}
        path = STATIC / scope["path"].removeprefix("/static/")
        if scope["path"] == "/":
            body = PAGE.format(
                nonce=NONCE,
                language=query.get("language", "en"),
                theme=query.get("theme", "system"),
                network="data-network" if "network" in query else "",
            ).encode()
            status, kind = 200, "text/html; charset=utf-8"
        elif path.is_file():
            status, kind, body = (
                200,
                mimetypes.guess_type(path.name)[0] or "application/octet-stream",
                path.read_bytes(),
            )
        else:
            status, kind, body = 404, "text/plain", b"not found"
        headers = [(b"content-type", kind.encode()), (b"content-security-policy", POLICY.encode())]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body})


class Server(ServerThread):
    """The site on a port of loopback: `url` is its page, `terminal` the address of a terminal."""

    def __init__(self, site: Site, port: int = 0) -> None:
        super().__init__(site, port=port, log_level="warning")
        self.site = site

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/"

    def terminal(self, name: str = "principal") -> str:
        return f"ws://127.0.0.1:{self.port}/ws/terminal/demo/{name}/"


@contextlib.contextmanager
def running(agent: AgentProcess, port: int = 0) -> Iterator[Server]:
    """A running site; ended on exit."""
    server = Server(Site(agent), port).start()
    try:
        yield server
    finally:
        server.stop()


if __name__ == "__main__":
    with AgentProcess(Path(sys.argv[1])) as demo_agent, running(demo_agent, int((sys.argv[2:] or ["8123"])[0])) as demo:
        sys.stdout.write(f"{demo.url}\n")
        sys.stdout.flush()
        threading.Event().wait()
