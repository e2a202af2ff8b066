"""The cookie that opens a lab origin. The lab's programs never see it and cannot replace it."""

import re
from typing import Final

from django.conf import settings

from web_ports.limits import MAX_COOKIES_LOOKED_AT

_NAME: Final = "muelle-port"
_SECRET: Final = re.compile(r"[A-Za-z0-9_-]{43}")


def cookie_name(suffix: str = "") -> str:
    """With https a name that browsers keep to one host, so that no other host can set it."""
    return f"__Host-{_NAME}{suffix}" if settings.MUELLE_HTTPS else f"{_NAME}{suffix}"


def set_cookie(secret: str, suffix: str = "") -> str:
    """The Set-Cookie header that gives a browser its cookie: for this host only, and for no script."""
    secure = "; Secure" if settings.MUELLE_HTTPS else ""
    return f"{cookie_name(suffix)}={secret}; Path=/; HttpOnly; SameSite=Lax{secure}"


def secrets_in(values: list[str], suffix: str = "") -> list[str]:
    """The secrets in the values of Cookie headers.

    There may be several: where there is no https, other hosts of the lab domain can add a cookie of that name. Each is
    tried, so that nobody is locked out by them; none of a stranger's opens anything here.
    """
    pairs = (pair.strip().partition("=") for value in values for pair in value.split(";"))
    found = [value for name, _, value in pairs if name == cookie_name(suffix) and _SECRET.fullmatch(value)]
    return found[:MAX_COOKIES_LOOKED_AT]


def without_ours(value: str) -> str:
    """The value of a Cookie header as the lab's program may see it; empty if nothing is left."""
    pairs = (pair.strip() for pair in value.split(";"))
    return "; ".join(pair for pair in pairs if pair and not _is_ours(pair))


def is_set_cookie_of_ours(value: str) -> bool:
    """Whether a program tries to set our cookie."""
    return _is_ours(value.strip())


def _is_ours(pair: str) -> bool:
    # Browsers take a pair without a name, `=name=value`, for the same thing in some places and for another in others.
    # Any name with ours in it: at an address all ports, with https or without, share their cookies.
    return _NAME in pair.partition(";")[0].lstrip("= \t").partition("=")[0]
