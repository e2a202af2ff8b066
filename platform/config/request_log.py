"""One log line for each request and each socket: what, how it ended, how long it took. No address, only its route."""

from __future__ import annotations

import logging
import secrets
import time
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass
from typing import Any

from audit import context

logger = logging.getLogger("muelle.access")

Message = MutableMapping[str, Any]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[..., Awaitable[None]]

ID_BYTES = 6  # tells apart the requests of a day, and is short enough to be read out to somebody
HEADER = b"x-request-id"
SERVER_ERROR = 500
GONE = 499  # as nginx calls it: who asked went elsewhere before there was an answer. Nothing is wrong with the site.
# Asked every few seconds by machines; only their trouble is worth a line.
QUIET = frozenset({"healthz", "readyz", "metrics"})


def logged(application: Application) -> Application:
    """Wrap an ASGI application so that each request and socket has an id, in its log lines and in the answer."""

    async def serve(scope: MutableMapping[str, Any], receive: Any, send: Send) -> None:
        acting = context.begin(secrets.token_hex(ID_BYTES))
        started = time.monotonic()
        if scope["type"] != "http":
            # What a terminal sends is not looked at: a wrapper would cost every keystroke something.
            await application(scope, receive, send)
            _log(acting, "SOCKET", None, started)
            return
        answer = _Answer(acting, scope, started)

        async def noted(message: Message) -> None:
            answer.add_id(message)
            await send(message)
            answer.note(message)

        try:
            await application(scope, receive, noted)
        except Exception:
            answer.fail()
            raise
        finally:
            answer.write()

    return serve


@dataclass
class _Answer:
    """What is known of one answer. Its line is written when it has gone: what is done later is not waited for."""

    acting: context.Acting
    scope: MutableMapping[str, Any]
    started: float
    status: int = GONE
    written: bool = False

    def add_id(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            message["headers"] = [*message.get("headers", ()), (HEADER, self.acting.request.encode())]

    def note(self, message: Message) -> None:
        if message["type"] == "http.response.body" and not message.get("more_body"):
            self.write()

    def fail(self) -> None:
        """The application broke; where it had not begun to answer, the server answers for it."""
        if self.status == GONE:
            self.status = SERVER_ERROR

    def write(self) -> None:
        """Once, also where the application broke before it had answered."""
        if not self.written:
            self.written = True
            if self.status >= SERVER_ERROR or not _is_dull(self.scope["path"], self.acting):
                _log(self.acting, self.scope["method"], self.status, self.started)


def _is_dull(path: str, acting: context.Acting) -> bool:
    return acting.route in QUIET or path.startswith("/static/")


def _log(acting: context.Acting, method: str, status: int | None, started: float) -> None:
    took = round((time.monotonic() - started) * 1000)
    said = {"method": method, "route": acting.route, "status": status, "milliseconds": took}
    logger.info("%s %s %s %d ms", method, acting.route, status or "closed", took, extra=said)
