"""The ASGI callable behind every host name of the lab domain.

Where a request goes is decided by two things only: the lab session of the cookie's visit, and the port that the visit
was made for. The host name must say the same, and nothing else that a client says is looked at.
"""

import contextlib
from dataclasses import replace
from functools import partial

from terminal.closing import Refused
from terminal.origin import host_of, parse_origin
from terminal.revocation import Watch, until_revoked
from terminal.sockets import Receive, Scope, Send
from web_ports import pages, presence
from web_ports.access import Admission, Desk
from web_ports.cookies import secrets_in
from web_ports.dialling import Dial, Dialler, dial
from web_ports.entering import ENTER, enter
from web_ports.exchange import BrokenOff, Exchange, request_of
from web_ports.headers import values_of
from web_ports.names import Place, is_lab_host, parse_host
from web_ports.refusals import NotShown, Reason
from web_ports.slots import Slot, listens_for_labs, slot_of
from web_ports.streams import REASONS, streams, take_stream
from web_ports.tunnel import Tunnel, uri_of

_POLICY = 1008  # the close code for a visitor who may not stay


class WebPorts:
    """Serves one request or one WebSocket per call."""

    def __init__(self, desk: Desk | None = None, watch: Watch = streams, dial: Dial = dial) -> None:
        self._desk = desk or Desk()
        self._watch = watch
        self._dial = dial

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request for a host of the lab domain."""
        if scope["type"] == "websocket":
            await self._serve_socket(scope, receive, send)
        else:
            await self._serve_request(scope, receive, send)

    async def _serve_request(self, scope: Scope, receive: Receive, send: Send) -> None:
        exchange: Exchange | None = None
        admission: Admission | None = None
        try:
            place = place_of(scope)
            if scope["path"] == ENTER:
                await enter(scope, place, receive, send)
                return
            admission = await self._admit(scope, place)
            place = replace(place, port=admission.port)
            exchange = Exchange(place, receive, send)
            request = request_of(scope)
            presence.note(scope, admission.session)
            async with take_stream(self._watch, admission.grant) as ticket:
                await until_revoked(ticket, exchange.run(request, self._dialler(admission)))
        except (NotShown, Refused) as refusal:
            if exchange is None or not exchange.started:
                await pages.show(_reason_of(refusal, admission), scope, send)
        except (BrokenOff, OSError):
            pass  # Nothing can be said any more: the server closes the connection, and the browser sees that.

    async def _serve_socket(self, scope: Scope, receive: Receive, send: Send) -> None:
        tunnel: Tunnel | None = None
        if (await receive())["type"] != "websocket.connect":
            return
        try:
            place = place_of(scope)
            admission = await self._admit(scope, place)
            place = replace(place, port=admission.port)
            uri_of(scope)
            tunnel = Tunnel(place, receive, send)
            async with take_stream(self._watch, admission.grant) as ticket:
                await until_revoked(ticket, tunnel.run(scope, self._dialler(admission)))
        except (NotShown, Refused):
            # Before the browser's handshake is answered this is what servers turn into a 403.
            with contextlib.suppress(OSError):
                await send({"type": "websocket.close", **({"code": _POLICY} if tunnel and tunnel.accepted else {})})
        except OSError:
            pass

    async def _admit(self, scope: Scope, place: Place | Slot) -> Admission:
        _check_origin(scope, place)
        return await self._desk.admit(place, secrets_in(values_of(scope, b"cookie"), place.cookie_suffix))

    def _dialler(self, admission: Admission) -> Dialler:
        return partial(self._dial, admission.socket_path, admission.port)


def place_of(scope: Scope) -> Place | Slot:
    """The place that a request is for, by its one Host header. Raises NotShown."""
    host = host_of(scope["headers"])
    if host is None or len(values_of(scope, b"host")) != 1:
        raise NotShown(Reason.BAD_REQUEST)
    if listens_for_labs(scope):
        slot = slot_of(scope)
        # Under any other name it would share the platform's cookies.
        if slot is None or host.lower() != slot.authority:
            raise NotShown(Reason.NO_SUCH_PLACE)
        return slot
    place = parse_host(host)
    if place is None:
        raise NotShown(Reason.NO_SUCH_PLACE)
    return place


def _check_origin(scope: Scope, place: Place | Slot) -> None:
    """Refuse what pages of another lab session ask for: to browsers all labs are one site, and cookies come along.

    Raises:
        NotShown: with OTHER_LAB. Whoever asks from outside the lab domain brings no cookie, and is refused for that.
    """
    for value in values_of(scope, b"origin"):
        origin = parse_origin(value)
        same_lab = origin is not None and place.is_asked_by(*origin)
        from_a_lab = origin is not None and (is_lab_host(origin[1]) or origin[1] == place.host.strip("[]"))
        if not same_lab and (from_a_lab or scope["type"] == "websocket"):
            raise NotShown(Reason.OTHER_LAB)


def _reason_of(refusal: NotShown | Refused, admission: Admission | None) -> NotShown:
    reason = refusal.reason if isinstance(refusal, NotShown) else REASONS[refusal.code]
    if admission is None:
        return refusal if isinstance(refusal, NotShown) else NotShown(reason)
    return NotShown(reason, language=admission.language, back=admission.back)


web_ports = WebPorts()
