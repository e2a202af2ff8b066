"""What pages know of a classroom's network."""

import ipaddress

from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.http import HttpRequest
from django.http.request import split_domain_port


def is_readable_by_others(request: HttpRequest) -> bool:
    """Whether what is typed travels through the room unencrypted, where https is to be had."""
    try:
        host, _port = split_domain_port(request.get_host())
    except DisallowedHost:  # The page that says so comes through here, too.
        return False
    here = host in {"localhost", "127.0.0.1", "[::1]"}
    return bool(settings.MUELLE_CA_FILE) and not request.is_secure() and not here


def lab_probe(request: HttpRequest) -> str:
    """An address that answers if this browser can show ports of labs; empty where names do that, or nothing does."""
    try:
        high, low = divmod(int(ipaddress.IPv4Address(request.META.get("SERVER_NAME", ""))), 1 << 16)
    except ValueError:
        return ""
    if not settings.MUELLE_LAB_PORTS or ipaddress.IPv4Address((high << 16) + low).is_loopback:
        return ""
    return f"{request.scheme}://[::ffff:{high:x}:{low:x}]:{settings.MUELLE_LAB_PORTS[0]}/"
