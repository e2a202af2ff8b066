"""The machine now: charts, sessions, pool; end, extend, drain."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from lab_sessions.actions import end_lab_session, extend_lab_session
from lab_sessions.draining import drain_starts, resume_starts
from lab_sessions.models import LabSession
from operations.actions import end_sessions_of_lab
from web.access import SignedInRequest, is_htmx
from web.attempting import attempt, refusal_of
from web.forms.operations import DrainForm
from web.operations_page import room_of
from web.views.operations.doors import admins_only


@require_safe
@admins_only
def room(request: SignedInRequest) -> HttpResponse:
    """Show how the machine does and who works on it."""
    context = {"room": room_of(request.GET.get("span", "")), "form": DrainForm()}
    return render(request, "operations/room.html", context)


@require_safe
@admins_only
def live(request: SignedInRequest) -> HttpResponse:
    """Show the part of the page that changes by itself."""
    return render(request, "operations/_live.html", {"room": room_of(request.GET.get("span", ""))})


@require_POST
@admins_only
def end(request: SignedInRequest, session: UUID) -> HttpResponse:
    """End somebody's session."""
    row = _find(session)
    return _after(request, lambda: end_lab_session(by=request.user, session=row, reason=LabSession.Reason.STAFF))


@require_POST
@admins_only
def extend(request: SignedInRequest, session: UUID) -> HttpResponse:
    """Give somebody's session more time."""
    row = _find(session)
    return _after(request, lambda: extend_lab_session(by=request.user, session=row))


@require_POST
@admins_only
def end_lab(request: SignedInRequest) -> HttpResponse:
    """End every session of one lab."""
    return _after(request, lambda: end_sessions_of_lab(by=request.user, lab_key=request.POST.get("lab", "")))


@require_POST
@admins_only
def drain(request: SignedInRequest) -> HttpResponse:
    """Let no new labs start."""
    form = DrainForm(request.POST)
    if not form.is_valid():
        return render(request, "operations/room.html", {"room": room_of(""), "form": form}, status=422)
    attempt(request, lambda: drain_starts(by=request.user, sentence=form.cleaned_data["sentence"]))
    return redirect("operations:room")


@require_POST
@admins_only
def resume(request: SignedInRequest) -> HttpResponse:
    """Let labs start again."""
    attempt(request, lambda: resume_starts(by=request.user), _("Labs start again."))
    return redirect("operations:room")


def _find(session_id: UUID) -> LabSession:
    row = LabSession.objects.filter(pk=session_id).first()
    if row is None:
        raise Http404
    return row


def _after(request: SignedInRequest, action: Callable[[], Any]) -> HttpResponse:
    """Do something with sessions and show them as they are then."""
    if not is_htmx(request):
        attempt(request, action)
        return redirect("operations:room")
    context = {"room": room_of(request.POST.get("span", "")), "sentence": refusal_of(action)}
    return render(request, "operations/_live.html", context)
