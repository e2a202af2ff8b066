"""The way into a cohort that is shown on the projector: a link, a code and a QR code."""

from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import reverse

from cohorts.models import Cohort
from web.qr import QrCode, qr_of

LOCAL_NAMES = frozenset({"localhost", "127.0.0.1", "[::1]"})


@dataclass(frozen=True)
class JoinLink:
    """Where people go to join, under the address by which this page was asked for."""

    url: str
    address: str
    """What one types into a browser, to enter the code by hand."""
    qr: QrCode
    only_here: bool
    """Whether no other machine reaches that address."""


def join_link(request: HttpRequest, cohort: Cohort) -> JoinLink:
    """Return the way into `cohort`."""
    url = request.build_absolute_uri(reverse("cohorts:join", args=[cohort.join_code]))
    host = request.get_host()
    address = host + reverse("cohorts:enter_code").rstrip("/")
    return JoinLink(url=url, address=address, qr=qr_of(url), only_here=host.rsplit(":", 1)[0] in LOCAL_NAMES)
