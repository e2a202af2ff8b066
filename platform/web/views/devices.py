"""What a device needs before anybody signs in: the site's certificate, and a test of what it can do."""

import hashlib
import ssl
from pathlib import Path

from csp.decorators import csp_update
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.http.request import split_domain_port
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from web.lan import lab_probe


@require_safe
@never_cache
def certificate(request: HttpRequest) -> HttpResponse:
    """How to install the certificate of our authority, with the fingerprint to compare."""
    pem = _authority()
    host, _port = split_domain_port(request.get_host())
    return render(
        request,
        "devices/certificate.html",
        {
            "fingerprint": _fingerprint(pem),
            "secure_address": f"https://{host}:{settings.MUELLE_HTTPS_PORT}/",
        },
    )


@require_safe
@never_cache
def certificate_file(request: HttpRequest) -> HttpResponse:
    """The certificate, as every system wants it."""
    response = HttpResponse(_authority(), content_type="application/x-x509-ca-cert")
    response["Content-Disposition"] = 'attachment; filename="muelle.crt"'
    return response


# The one page that asks something of a lab's origin: whether it can be reached at all. A policy cannot name an IPv6
# address, but a port.
@require_safe
@never_cache
@csp_update({"connect-src": [f"*:{port}" for port in settings.MUELLE_LAB_PORTS[:1]]})
def trial(request: HttpRequest) -> HttpResponse:
    """Test sockets, latency, clipboard and so on in this browser, and say in words what is wrong."""
    return render(
        request,
        "devices/trial.html",
        {"lab_probe": lab_probe(request), "has_certificate": bool(settings.MUELLE_CA_FILE)},
    )


def _authority() -> str:
    """The certificate of our authority. Raises Http404 where there is none: the site has a public one, or no https."""
    try:
        return Path(settings.MUELLE_CA_FILE or "/nowhere").read_text(encoding="ascii")
    except OSError:
        raise Http404 from None


def _fingerprint(pem: str) -> list[str]:
    """SHA-256 of the certificate in pairs of bytes, as systems show it."""
    digest = hashlib.sha256(ssl.PEM_cert_to_DER_cert(pem)).hexdigest().upper()
    return [digest[at : at + 2] for at in range(0, len(digest), 2)]
