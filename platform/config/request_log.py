"""One log line for each request and each socket: what, how it ended, how long it took. No address, only its route."""

from __future__ import annotations

import logging
import secrets
import time
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from audit import context

logger = logging.getLogger("muelle.access")

Message = MutableMapping[str, Any]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[..., Awaitable[None]]

ID_BYTES = 6  # tells apart the requests of a day, and is short enough to be read out to somebody
HEADER = b"x-request-id"
SERVER_ERROR = 500
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
        status = SERVER_ERROR

        async def note_status(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message.get("headers", ()), (HEADER, acting.request.encode())]
            await send(message)

        try:
            await application(scope, receive, note_status)
        finally:
            if status >= SERVER_ERROR or not _is_dull(scope["path"], acting):
                _log(acting, scope["method"], status, started)

    return serve


def _is_dull(path: str, acting: context.Acting) -> bool:
    return acting.route in QUIET or path.startswith("/static/")


def _log(acting: context.Acting, method: str, status: int | None, started: float) -> None:
    took = round((time.monotonic() - started) * 1000)
    said = {"method": method, "route": acting.route, "status": status, "milliseconds": took}
    logger.info("%s %s %s %d ms", method, acting.route, status or "closed", took, extra=said)
