"""An engine that answers as the test says: for what a real one does only on bad days."""

from __future__ import annotations

import json
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

VERSION = {"ApiVersion": "1.41", "MinAPIVersion": "1.12", "Version": "20.10.24"}


class StubEngine:
    """Answers by method and path without its version; what is not set is 404. `asked` lists what was asked."""

    def __init__(self, socket_path: Path) -> None:
        self.url = f"unix://{socket_path}"
        self.answers: dict[tuple[str, str], tuple[int, Any]] = {("GET", "/version"): (200, VERSION)}
        self.asked: list[tuple[str, str]] = []
        self.hang = threading.Event()
        """Set: requests other than for the version are never answered."""

    def answer(self, method: str, path: str) -> tuple[int, Any]:
        bare = path.partition("?")[0].removeprefix("/v1.41")
        self.asked.append((method, bare))
        return self.answers.get((method, bare), (404, {"message": f"no such thing: {bare}"}))


@contextmanager
def stub_engine(socket_path: Path) -> Iterator[StubEngine]:
    """A stub that listens on a unix socket."""
    engine = StubEngine(socket_path)
    done = threading.Event()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def address_string(self) -> str:
            return "unix"

        def log_message(self, *_: object) -> None:
            """Says nothing."""

        def _serve(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            status, answer = engine.answer(self.command, self.path)
            if engine.hang.is_set() and "version" not in self.path:
                done.wait(10)
                self.close_connection = True
                return
            content = json.dumps(answer).encode() if answer is not None else b""
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = do_DELETE = _serve

    class Server(socketserver.ThreadingUnixStreamServer):
        daemon_threads = True
        block_on_close = False

    with Server(str(socket_path), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        yield engine
        done.set()
        server.shutdown()
        thread.join(5)
