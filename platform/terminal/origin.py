"""Only our own pages may open our WebSockets.

Browsers send cookies with a WebSocket that any site opens, and no same-origin policy stops it: the check of the
Origin header is the whole defence. It is exact: scheme, host and port must be those of the page's own address, so a
lab's own web server on another port or a subdomain is as foreign as any site.
"""

from collections.abc import Iterable
from urllib.parse import urlsplit

from django.conf import settings
from django.http.request import split_domain_port, validate_host

from terminal.sockets import Application, Receive, Scope, Send

_DEFAULT_PORTS = {"http": 80, "https": 443}
_MAX_HEADER = 512  # A host name has at most 253 characters; whoever sends more is not a browser.


def same_origin_only(application: Application) -> Application:
    """Wrap a WebSocket application: handshakes of other origins, or of none, are answered with 403."""

    async def guarded(scope: Scope, receive: Receive, send: Send) -> None:
        if is_own_origin(scope):
            await application(scope, receive, send)
        else:
            await send({"type": "websocket.close"})  # Before the handshake this is what servers turn into a 403.

    return guarded


def is_own_origin(scope: Scope) -> bool:
    """Whether the handshake comes from a page of this site."""
    headers = scope["headers"]
    origin, host = _only(headers, b"origin"), host_of(headers)
    if origin is None or host is None:
        return False
    parsed = parse_origin(origin)
    if parsed is None:
        return False
    trusted = {parse_origin(text) for text in settings.CSRF_TRUSTED_ORIGINS}
    own = parse_origin(f"{scheme_of(scope)}://{host}")
    domain, _ = split_domain_port(host)
    return parsed in trusted or (parsed == own and validate_host(domain, settings.ALLOWED_HOSTS))


def parse_origin(text: str) -> tuple[str, str, int] | None:
    """Scheme, host and port of an origin, or None for what is not exactly one (`null`, a path, a trailing dot...)."""
    try:
        parts = urlsplit(text)
        port = parts.port or _DEFAULT_PORTS[parts.scheme]
    except (ValueError, KeyError):
        return None
    host = parts.hostname
    spelt_out = text.lower() in {f"{parts.scheme}://{parts.netloc}".lower()} and "@" not in parts.netloc
    if not host or not spelt_out or host.endswith(".") or not text.isascii():
        return None
    return parts.scheme, host, port


def _only(headers: Iterable[tuple[bytes, bytes]], name: bytes) -> str | None:
    """The value of a header that must occur exactly once: two of them mean that somebody plays games with a proxy."""
    values = [value for key, value in headers if key == name]
    if len(values) != 1 or len(values[0]) > _MAX_HEADER:
        return None
    return values[0].decode("latin-1")


def host_of(headers: Iterable[tuple[bytes, bytes]]) -> str | None:
    """The one Host of a request, port and all; None where there is none or more than one."""
    forwarded = _only(headers, b"x-forwarded-host") if settings.USE_X_FORWARDED_HOST else None
    return forwarded or _only(headers, b"host")


def scheme_of(scope: Scope) -> str:
    """The page's scheme; behind a proxy that ends TLS the header that the settings trust decides, as in Django."""
    if settings.SECURE_PROXY_SSL_HEADER:
        name, secure = settings.SECURE_PROXY_SSL_HEADER
        value = _only(scope["headers"], name.removeprefix("HTTP_").replace("_", "-").lower().encode())
        if value is not None:
            return "https" if value.split(",")[0].strip() == secure else "http"
    return "https" if scope.get("scheme") in ("wss", "https") else "http"
