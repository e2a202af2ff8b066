"""Which WebSocket leads where."""

from django.urls import path, re_path

from terminal.closing import CloseCode
from terminal.endpoint import TerminalEndpoint
from terminal.notices import notices
from terminal.origin import Receive, Scope, Send
from terminal.sockets import Socket


async def nothing_here(scope: Scope, receive: Receive, send: Send) -> None:
    """Any other address, answered like a terminal that does not exist."""
    socket = Socket(receive, send)
    if await socket.accept():
        await socket.close(CloseCode.NOT_FOUND)


websocket_urlpatterns = [
    re_path(
        r"^ws/terminal/(?P<session_id>[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})/(?P<name>[a-z0-9_-]{1,32})/$",
        TerminalEndpoint(),
    ),
    path("ws/notices/", notices),
    re_path(r"", nothing_here),
]
