"""Which of two sites a request is for: the platform's, or a lab's. Nothing is ever served on both."""

from terminal.sockets import Application, Receive, Scope, Send
from web_ports.headers import values_of
from web_ports.names import is_lab_host
from web_ports.slots import listens_for_labs


def by_host(*, labs: Application, platform: Application) -> Application:
    """An application that gives `platform` what is not for `labs`.

    That is whatever names a host of the lab domain, and whatever comes in on a port that is for labs only.
    """

    async def dispatch(scope: Scope, receive: Receive, send: Send) -> None:
        names = values_of(scope, b"host") + values_of(scope, b"x-forwarded-host") if "headers" in scope else []
        is_for_labs = listens_for_labs(scope) or any(map(is_lab_host, names))
        await (labs if is_for_labs else platform)(scope, receive, send)

    return dispatch
