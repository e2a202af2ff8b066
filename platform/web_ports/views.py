"""The platform's half of opening a port: a ticket, and a page that carries it to the lab's origin."""

from dataclasses import replace
from uuid import UUID

from csp.decorators import csp_update
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.request import split_domain_port
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from accounts.models import User
from audit.actions import NotPossible
from lab_sessions.models import LabSession
from web_ports.actions import choose_listener, issue_ticket
from web_ports.entering import ENTER
from web_ports.names import Place, place_of
from web_ports.slots import Slot, slot_at

_OWN_MACHINE = frozenset({"localhost", "127.0.0.1", "[::1]"})
_ONLY_HERE = ".localhost"  # names that every browser takes for its own machine


# The only page of the platform whose form leads to a lab's origin. A policy cannot name an IPv6 address, but a port.
to_lab_origins = csp_update(
    {"form-action": [f"*.{settings.LAB_DOMAIN}:*", *(f"*:{port}" for port in settings.MUELLE_LAB_PORTS)]}
)


@require_POST
@never_cache
@to_lab_origins  # type: ignore[arg-type]  # django-csp's types know of views without arguments only
def open_port(request: HttpRequest, session: UUID) -> HttpResponse:
    """Send a learner's new tab on to a port of their lab session, or back to the lesson with a sentence."""
    if not isinstance(request.user, User):
        return redirect("accounts:sign_in")
    row = get_object_or_404(LabSession.objects.select_related("lab"), pk=session, learner=request.user)
    lesson = _lesson_of(row)
    try:
        port = _port_in(request)
        place = _place_of(request, row, port)
        ticket = issue_ticket(
            by=request.user,
            session=row,
            port=port,
            sign_in=request.session.session_key or "",
            back=request.build_absolute_uri(lesson),
            listener=place.listener if isinstance(place, Slot) else None,
        )
    except NotPossible as refusal:
        messages.warning(request, str(refusal))
        return redirect(lesson)
    target = _address_of(request, place) + ENTER
    return render(request, "web_ports/opening.html", {"target": target, "ticket": ticket, "port": port})


def _port_in(request: HttpRequest) -> int:
    text = request.POST.get("port", "").strip()
    if not (text.isascii() and text.isdigit() and len(text) <= 5 and 0 < int(text) < 65_536):
        raise NotPossible(_("Write the port as a number, as in 8080."))
    return int(text)


def _place_of(request: HttpRequest, session: LabSession, port: int) -> Place | Slot:
    """Where to show it: by name, or where browsers would look for that name on the wrong machine on a port of ours.

    Raises NotPossible where there is neither.
    """
    host, _port = split_domain_port(request.get_host())
    if not settings.LAB_DOMAIN.endswith(_ONLY_HERE) or host in _OWN_MACHINE:
        return place_of(session.pk, port)
    sign_in = request.session.session_key or ""
    listeners = settings.MUELLE_LAB_PORTS
    # The address that this very connection came in at: whatever name was used, the browser reaches that.
    reached = slot_at(request.META.get("SERVER_NAME", ""), 0) if listeners else None
    if reached is None:
        raise NotPossible(
            _("Ports can be opened on the server's own machine only. Tell your teacher: LAB_DOMAIN changes that.")
        )
    chosen = choose_listener(sign_in=sign_in, session=session, port=port, listeners=listeners)
    return replace(reached, listener=chosen)


def _address_of(request: HttpRequest, place: Place | Slot) -> str:
    """The lab's origin: with the platform's scheme, and unless it is a slot's with the platform's port."""
    if isinstance(place, Slot):
        return f"{request.scheme}://{place.authority}"
    _host, own_port = split_domain_port(request.get_host())
    return f"{request.scheme}://{place.host}" + (f":{own_port}" if own_port else "")


def _lesson_of(session: LabSession) -> str:
    course, chapter, lesson = session.lab_key.split("/")[:3]
    return reverse("lessons:lesson", kwargs={"course": course, "chapter": chapter, "lesson": lesson})
