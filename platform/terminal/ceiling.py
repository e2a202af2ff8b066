"""How many sockets one address may open. Said before the handshake, where a flood costs least."""

from accounts.throttling import SOCKETS, TooMany, check_ceiling, client_address
from terminal.sockets import Application, Receive, Scope, Send

_REFUSAL = "websocket.http.response"  # the extension by which servers can refuse with another status than 403


def below_ceiling(application: Application) -> Application:
    """Wrap a WebSocket application: beyond the ceiling, handshakes are answered with 429 and when to come back."""

    async def guarded(scope: Scope, receive: Receive, send: Send) -> None:
        try:
            check_ceiling(SOCKETS, address_of(scope))
        except TooMany as refusal:
            await _refuse(scope, send, refusal)
        else:
            await application(scope, receive, send)

    return guarded


def address_of(scope: Scope) -> str:
    """Return who asks, as ceilings count it."""
    client = scope.get("client")
    forwarded = [value.decode("latin-1") for name, value in scope["headers"] if name == b"x-forwarded-for"]
    return client_address(client[0] if client else "", ",".join(forwarded))


async def _refuse(scope: Scope, send: Send, refusal: TooMany) -> None:
    if _REFUSAL not in (scope.get("extensions") or {}):
        await send({"type": "websocket.close"})  # servers turn it into a 403
        return
    headers = [(b"retry-after", str(refusal.seconds).encode()), (b"content-type", b"text/plain; charset=utf-8")]
    await send({"type": f"{_REFUSAL}.start", "status": 429, "headers": headers})
    await send({"type": f"{_REFUSAL}.body", "body": f"{refusal}\n".encode()})
