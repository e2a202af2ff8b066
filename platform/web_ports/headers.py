"""What of a request goes to the lab's program, and what of its answer goes back.

The connection to the program serves one request. What belongs to one connection only is dropped, and the length of a
body is said in exactly one way, or the request is refused: nothing is left that two parsers could read differently.
"""

from collections.abc import Iterable
from typing import Final
from urllib.parse import urlsplit, urlunsplit

from terminal.origin import scheme_of
from terminal.sockets import Scope
from web_ports.cookies import is_set_cookie_of_ours, without_ours
from web_ports.names import Place
from web_ports.refusals import NotShown, Reason
from web_ports.slots import Slot

Headers = list[tuple[bytes, bytes]]

_HOP_BY_HOP: Final = frozenset(
    b"connection keep-alive proxy-authenticate proxy-authorization proxy-connection te trailer transfer-encoding"
    b" upgrade".split()
)
# Said anew or not at all: who asks, and through whom, is not the client's to claim. We have answered the expectation.
_SAID_BY_US: Final = frozenset(
    b"content-length expect forwarded via x-forwarded-for x-forwarded-host x-forwarded-port x-forwarded-proto"
    b" x-forwarded-server x-real-ip".split()
)
_HANDSHAKE: Final = frozenset(
    b"host sec-websocket-key sec-websocket-version sec-websocket-extensions sec-websocket-protocol".split()
)
# The server adds a date of its own; and no program may name another server for an origin that is ours.
_NOT_PASSED_BACK: Final = _HOP_BY_HOP | {b"date", b"alt-svc"}
_LOOPBACK: Final = frozenset({"localhost", "127.0.0.1", "0.0.0.0", "::1"})  # noqa: S104  # as programs call themselves


def values_of(scope: Scope, name: bytes) -> list[str]:
    """The values of a header, one for each time it occurs."""
    return [value.decode("latin-1") for key, value in scope["headers"] if key == name]


def request_headers(scope: Scope) -> Headers:
    """The headers for the lab's program. Raises NotShown for a body of doubtful length."""
    passed = _without(scope["headers"], _HOP_BY_HOP | _SAID_BY_US)
    return [*_cookies(passed), *_framing(scope), *_forwarded(scope)]


def handshake_headers(scope: Scope) -> list[tuple[str, str]]:
    """The headers of a WebSocket handshake, but for those that the handshake makes itself."""
    said = [*_cookies(_without(scope["headers"], _HOP_BY_HOP | _SAID_BY_US | _HANDSHAKE)), *_forwarded(scope)]
    return [(name.decode("latin-1"), value.decode("latin-1")) for name, value in said]


def response_headers(headers: Iterable[tuple[bytes, bytes]], place: Place | Slot) -> Headers:
    """The headers for the browser."""
    received = [(name.lower(), value) for name, value in headers]
    chunked = any(name == b"transfer-encoding" for name, _ in received)
    passed = _without(received, _NOT_PASSED_BACK | ({b"content-length"} if chunked else set()))
    return [
        (name, _localized(value, place) if name == b"location" else value)
        for name, value in passed
        if name != b"set-cookie" or not is_set_cookie_of_ours(value.decode("latin-1"))
    ]


def _without(headers: Iterable[tuple[bytes, bytes]], dropped: frozenset[bytes] | set[bytes]) -> Headers:
    received = [(name.lower(), value) for name, value in headers]
    named = {token.strip().lower() for name, value in received if name == b"connection" for token in value.split(b",")}
    return [(name, value) for name, value in received if name not in dropped and (name not in named or name == b"host")]


def _cookies(headers: Headers) -> Headers:
    shown = [
        (name, without_ours(value.decode("latin-1")).encode("latin-1") if name == b"cookie" else value)
        for name, value in headers
    ]
    return [(name, value) for name, value in shown if name != b"cookie" or value]


def _framing(scope: Scope) -> Headers:
    lengths, codings = values_of(scope, b"content-length"), values_of(scope, b"transfer-encoding")
    if len(lengths) + len(codings) > 1:
        raise NotShown(Reason.BAD_REQUEST)
    if codings and codings[0].strip().lower() != "chunked":
        raise NotShown(Reason.BAD_REQUEST)
    if lengths and not (lengths[0].isascii() and lengths[0].isdigit()):
        raise NotShown(Reason.BAD_REQUEST)
    if codings:
        return [(b"transfer-encoding", b"chunked")]
    return [(b"content-length", lengths[0].encode())] if lengths else []


def _forwarded(scope: Scope) -> Headers:
    """What programs need to write addresses of themselves. Nothing about the person, not even where they are."""
    hosts = [(b"x-forwarded-host", host.encode()) for host in values_of(scope, b"host")]
    return [(b"x-forwarded-proto", scheme_of(scope).encode()), *hosts]


def _localized(location: bytes, place: Place | Slot) -> bytes:
    """A redirect to the program itself, as a path: it cannot know on which port of ours browsers reach it."""
    try:
        parts = urlsplit(location.decode("ascii"))
        host, port = (parts.hostname or "").rstrip("."), parts.port
    except ValueError:
        return location
    own = place.is_named(host, port) or (host in _LOOPBACK and (port or 80) == place.port)
    if parts.scheme not in ("http", "https") or not own or parts.path.startswith("//"):
        return location
    return urlunsplit(("", "", parts.path or "/", parts.query, parts.fragment)).encode()
