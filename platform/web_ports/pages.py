"""Our own pages on a lab origin: why there is nothing of the lab's to see, and what to do.

They are whole in themselves, because nothing of the platform is served on a lab origin, and look at once again by
themselves where waiting helps.
"""

import secrets
from functools import cache
from typing import Final

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation.trans_real import parse_accept_lang_header

from terminal.sockets import Scope, Send
from web_ports.headers import values_of
from web_ports.names import parse_host
from web_ports.refusals import STATUS, NotShown, Reason
from web_ports.words import advice_of, heading_of

# Tells the page's own script that it still is us who answers, and not the program it waits for.
MARK: Final = b"muelle-page"
LOOK_AGAIN_SECONDS: Final = 2
_MAX_ACCEPT_LANGUAGE: Final = 500  # Browsers send fifty characters.
_WAITING_HELPS: Final = frozenset({Reason.NOTHING_LISTENS, Reason.NOT_READY, Reason.HUNG_UP, Reason.TOO_MANY})


async def show(refusal: NotShown, scope: Scope, send: Send) -> None:
    """Answer a request with one of our pages, or in one line where no page was asked for."""
    nonce = secrets.token_urlsafe(16)
    wants_page = any("text/html" in value for value in values_of(scope, b"accept"))
    with translation.override(refusal.language or _language_of(scope)):
        context = _context(refusal, scope, nonce)
        text = render_to_string("web_ports/page.html", context) if wants_page else f"{context['heading']}\n"
    body = text.encode()
    headers = [
        (b"content-type", b"text/html; charset=utf-8" if wants_page else b"text/plain; charset=utf-8"),
        (b"content-length", str(len(body)).encode()),
        (b"cache-control", b"no-store"),
        (b"referrer-policy", b"no-referrer"),
        (b"x-content-type-options", b"nosniff"),
        (b"content-security-policy", _policy(nonce).encode()),
        (MARK, refusal.reason.value.encode()),
    ]
    await send({"type": "http.response.start", "status": STATUS[refusal.reason], "headers": headers})
    await send({"type": "http.response.body", "body": body})


def _context(refusal: NotShown, scope: Scope, nonce: str) -> dict[str, object]:
    hosts = values_of(scope, b"host")
    place = parse_host(hosts[0]) if len(hosts) == 1 else None
    port = place.port if place else None
    return {
        "reason": refusal.reason.value,
        "heading": heading_of(refusal.reason, port),
        "advice": advice_of(refusal.reason),
        "back": refusal.back,
        "nonce": nonce,
        "mark": MARK.decode(),
        "look_again": LOOK_AGAIN_SECONDS if refusal.reason in _WAITING_HELPS else 0,
        "styles": _styles(),
        "language": translation.get_language(),
    }


def _policy(nonce: str) -> str:
    return (
        f"default-src 'none'; style-src 'nonce-{nonce}'; script-src 'nonce-{nonce}'; connect-src 'self'; "
        "img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )


def _language_of(scope: Scope) -> str:
    """The language that the browser asks for: whoever has no visit has no language with us."""
    asked = ",".join(values_of(scope, b"accept-language"))[:_MAX_ACCEPT_LANGUAGE]
    for code, _ in parse_accept_lang_header(asked.lower()):
        try:
            return translation.get_supported_language_variant(code)
        except LookupError:
            continue
    return settings.LANGUAGE_CODE


@cache
def _styles() -> str:
    """The site's colours, light and dark, and what these pages need besides."""
    folder = settings.STATICFILES_DIRS[0] / "css"
    tokens, dark, own = (
        (folder / name).read_text(encoding="utf-8") for name in ("tokens.css", "dark.css", "lab-origin.css")
    )
    return f"{tokens}\n@media (prefers-color-scheme: dark) {{\n{dark}\n}}\n{own}"
