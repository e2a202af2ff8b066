"""Programs that a learner might run: web servers, good ones and strange ones, on ports of this machine."""

from __future__ import annotations

import contextlib
import json
import logging
import socket
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from websockets.sync.server import ServerConnection, serve
from websockets.typing import Subprotocol

SILENT = logging.Logger("program", logging.CRITICAL + 1)  # not of interest to a test
PIECE = b"0123456789abcdef" * 4096  # 64 KiB


class WebProgram(BaseHTTPRequestHandler):
    """Says what it was asked, and gives or takes as much as one likes."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        path, _, query = self.path.partition("?")
        if path == "/bytes":
            self._give(int(query))
        elif path == "/chunks":
            self._give_chunks(int(query))
        elif path == "/slow":
            time.sleep(float(query))
            self._say("late")
        elif path == "/redirect":
            self._head(302, {"Location": query, "Content-Length": "0"})
        elif path == "/cookie":
            self._head(200, {"Set-Cookie": query, "Content-Length": "0"})
        else:
            self._say(json.dumps({"method": self.command, "target": self.path, "headers": self.headers.items()}))

    do_HEAD = do_DELETE = do_PROPFIND = do_GET

    def do_POST(self) -> None:
        """Count the body, in either of its two forms."""
        size = sum(map(len, self._body()))
        self._say(json.dumps({"size": size, "headers": self.headers.items()}))

    def _body(self) -> Iterator[bytes]:
        if self.headers.get("Transfer-Encoding") == "chunked":
            while length := int(self.rfile.readline(), 16):
                yield self.rfile.read(length)
                self.rfile.readline()
            self.rfile.readline()
            return
        left = int(self.headers.get("Content-Length", 0))
        while left:
            piece = self.rfile.read(min(left, len(PIECE)))
            left -= len(piece)
            yield piece

    def _say(self, text: str) -> None:
        body = text.encode()
        self._head(200, {"Content-Type": "text/plain; charset=utf-8", "Content-Length": str(len(body))})
        if self.command != "HEAD":
            self.wfile.write(body)

    def _give(self, size: int) -> None:
        self._head(200, {"Content-Length": str(size)})
        with contextlib.suppress(OSError):
            for start in range(0, size, len(PIECE)):
                self.wfile.write(PIECE[: size - start])

    def _give_chunks(self, count: int) -> None:
        self._head(200, {"Transfer-Encoding": "chunked", "Trailer": "X-Sum"})
        for number in range(count):
            self.wfile.write(b"%x\r\n%d\n\r\n" % (len(str(number)) + 1, number))
        self.wfile.write(b"0\r\nX-Sum: 1\r\n\r\n")

    def _head(self, status: int, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


@contextlib.contextmanager
def web_program() -> Iterator[int]:
    """Run `WebProgram`; yields its port."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), WebProgram)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        server.server_close()


def echo(connection: ServerConnection) -> None:
    """Send every message back; `big N` is answered with N bytes, `bye CODE` with a goodbye."""
    for message in connection:
        words = message.split() if isinstance(message, str) else []
        if words[:1] == ["big"]:
            connection.send(b"x" * int(words[1]))
        elif words[:1] == ["bye"]:
            connection.close(int(words[1]), "so long")
        elif words[:1] == ["headers"]:
            assert connection.request is not None
            connection.send(json.dumps([connection.request.path, *connection.request.headers.raw_items()]))
        else:
            connection.send(message)


@contextlib.contextmanager
def socket_program(handler: Callable[[ServerConnection], None] = echo) -> Iterator[int]:
    """Run a WebSocket server; yields its port."""

    def choose(_connection: ServerConnection, offered: Sequence[Subprotocol]) -> Subprotocol | None:
        return Subprotocol("chat") if "chat" in offered else None

    with serve(handler, "127.0.0.1", 0, select_subprotocol=choose, max_size=None, logger=SILENT) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield int(server.socket.getsockname()[1])
        server.shutdown()


class RawProgram:
    """A server that reads a request's head, and says exactly `answer`. `requests` is what it was sent."""

    def __init__(self, answer: bytes, *, hold: bool = False) -> None:
        self.requests: list[bytes] = []
        self._answer = answer
        self._hold = hold
        self._done = threading.Event()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]

    def __enter__(self) -> RawProgram:
        threading.Thread(target=self._serve, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._listener.close()

    def _serve(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self._listener.accept()
                threading.Thread(target=self._answer_one, args=(connection,), daemon=True).start()

    def _answer_one(self, connection: socket.socket) -> None:
        with connection, contextlib.suppress(OSError):
            received = b""
            while b"\r\n\r\n" not in received and (piece := connection.recv(65_536)):
                received += piece
            self.requests.append(received)
            connection.sendall(self._answer)
            if self._hold:
                self._done.wait(30)
