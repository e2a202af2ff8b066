"""Who may see figures: a program on this machine that asks directly, or one that has the token."""

from __future__ import annotations

import hmac
import ipaddress

from django.conf import settings
from django.http import HttpRequest
from django.http.request import split_domain_port

# What a proxy adds. Behind one on this machine everybody would seem to come from loopback.
FORWARDED = ("X-Forwarded-For", "X-Forwarded-Host", "X-Real-IP", "Forwarded", "Via")


def may_monitor(request: HttpRequest) -> bool:
    """Return whether the figures may be shown. Others get a 404, as if there were none."""
    return _has_token(request) or _is_local(request)


def _has_token(request: HttpRequest) -> bool:
    token: str = settings.MUELLE_METRICS_TOKEN
    given = request.headers.get("Authorization", "")
    return bool(token) and hmac.compare_digest(given.encode(), f"Bearer {token}".encode())


def _is_local(request: HttpRequest) -> bool:
    if any(name in request.headers for name in FORWARDED):
        return False
    # A proxy that adds nothing still passes the site's own name on.
    host, _port = split_domain_port(request.get_host())
    return _is_loopback(request.META.get("REMOTE_ADDR", "")) and (host == "localhost" or _is_loopback(host))


def _is_loopback(address: str) -> bool:
    try:
        return ipaddress.ip_address(address.strip("[]")).is_loopback
    except ValueError:
        return False
