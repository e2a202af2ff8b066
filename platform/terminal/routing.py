"""Which WebSocket leads where."""

from typing import Any

from django.urls import URLPattern, re_path

from terminal.class_notices import class_notices
from terminal.closing import CloseCode
from terminal.echo import EchoEndpoint
from terminal.endpoint import TerminalEndpoint
from terminal.notices import notices
from terminal.sockets import Receive, Scope, Send, Socket

_UUID = "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
_NAME = "[a-z0-9_-]{1,32}"


async def nothing_here(scope: Scope, receive: Receive, send: Send) -> None:
    """Any other address, answered like a terminal that does not exist."""
    socket = Socket(receive, send)
    if await socket.accept():
        await socket.close(CloseCode.NOT_FOUND)


def _route(pattern: str, application: Any) -> URLPattern:
    """A route to an ASGI application. Django's types know of views only, Channels' router takes these."""
    route: URLPattern = re_path(pattern, application)
    return route


websocket_urlpatterns = [
    _route(rf"^ws/terminal/(?P<session_id>{_UUID})/(?P<name>{_NAME})/$", TerminalEndpoint()),
    _route(r"^ws/notices/$", notices),
    _route(r"^ws/classes/(?P<cohort>[0-9]{1,9})/$", class_notices),
    _route(r"^ws/echo/$", EchoEndpoint()),
    _route(r"", nothing_here),
]
