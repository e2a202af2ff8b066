"""Which of two sites a request is for: the platform's, or a lab's. Nothing is ever served on both."""

from terminal.sockets import Application, Receive, Scope, Send
from web_ports.headers import values_of
from web_ports.names import is_lab_host


def by_host(*, labs: Application, platform: Application) -> Application:
    """An application that gives `labs` whatever names a host of the lab domain, and `platform` the rest."""

    async def dispatch(scope: Scope, receive: Receive, send: Send) -> None:
        names = values_of(scope, b"host") + values_of(scope, b"x-forwarded-host") if "headers" in scope else []
        await (labs if any(map(is_lab_host, names)) else platform)(scope, receive, send)

    return dispatch
