"""`POST /.muelle/enter` on a lab origin: a ticket from the platform becomes a cookie of this origin.

The ticket travels in a form, so that it never is in an address, a Referer or a log.
"""

import asyncio
from typing import Final
from urllib.parse import parse_qs

from channels.db import database_sync_to_async

from terminal.sockets import Receive, Scope, Send
from web_ports.actions import redeem_ticket
from web_ports.cookies import set_cookie
from web_ports.names import Place
from web_ports.refusals import NotShown, Reason
from web_ports.slots import Slot

ENTER: Final = "/.muelle/enter"  # The one path of a lab origin that is ours and not the program's.
_MAX_FORM_BYTES: Final = 1024  # A ticket has 43 characters.
_FORM_SECONDS: Final = 10.0


async def enter(scope: Scope, place: Place | Slot, receive: Receive, send: Send) -> None:
    """Exchange the ticket, and go on to the program's first page. Raises NotShown."""
    headers = [(b"location", b"/"), (b"cache-control", b"no-store"), (b"referrer-policy", b"no-referrer")]
    if scope["method"] == "POST":
        ticket = parse_qs(await _read_form(receive)).get("ticket", [""])[0]
        cookie = await database_sync_to_async(redeem_ticket)(place=place, ticket=ticket)
        headers.append((b"set-cookie", set_cookie(cookie, place.cookie_suffix).encode()))
    await send({"type": "http.response.start", "status": 303, "headers": [*headers, (b"content-length", b"0")]})
    await send({"type": "http.response.body", "body": b""})


async def _read_form(receive: Receive) -> str:
    form = bytearray()
    try:
        async with asyncio.timeout(_FORM_SECONDS):
            while (message := await receive())["type"] == "http.request":
                form += message.get("body", b"")
                if len(form) > _MAX_FORM_BYTES:
                    break
                if not message.get("more_body", False):
                    return form.decode("ascii")
    except (TimeoutError, UnicodeDecodeError) as error:
        raise NotShown(Reason.BAD_REQUEST) from error
    raise NotShown(Reason.BAD_REQUEST)
