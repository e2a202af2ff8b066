"""The lab's half of the page: start, watch, extend, reset, end."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from accounts.throttling import STARTS
from courses.models import Lab
from lab_sessions.actions import (
    end_lab_session,
    extend_lab_session,
    record_activity,
    reset_lab_session,
    start_lab_session,
)
from lab_sessions.models import LabSession
from lab_sessions.permissions import can_use
from web.access import SignedInRequest, below, is_htmx, signed_in
from web.addresses import Address
from web.attempting import refusal_of
from web.lesson_page import find_page
from web.pane import Clock, pane_of


@require_safe
@signed_in
def pane(request: SignedInRequest, course: str, chapter: str, lesson: str) -> HttpResponse:
    """Show the lab's half, or answer 204 where the page shows it already: terminals must not be drawn anew."""
    shown = pane_of(find_page(request.user, Address(course, chapter, lesson)))
    if request.GET.get("seen") == shown.seen:
        return HttpResponse(status=204)
    return render(request, "lab_sessions/_pane.html", {"pane": shown, "page": shown.page})


@require_POST
@below(STARTS)
@signed_in
def start(request: SignedInRequest, course: str, chapter: str, lesson: str) -> HttpResponse:
    """Start the lesson's lab."""
    address = Address(course, chapter, lesson)
    lab = Lab.objects.current().filter(key=address.key).first()
    if lab is None:
        raise Http404
    return _after(request, address, lambda: start_lab_session(by=request.user, lab=lab))


@require_POST
@signed_in
def reset(request: SignedInRequest, session: UUID) -> HttpResponse:
    """Exchange the machine for a fresh one."""
    row = _find(request, session)
    return _after(request, Address.of(row.lab_key), lambda: reset_lab_session(by=request.user, session=row))


@require_POST
@signed_in
def end(request: SignedInRequest, session: UUID) -> HttpResponse:
    """End a session, or stop waiting for one."""
    row = _find(request, session)
    return _after(request, Address.of(row.lab_key), lambda: end_lab_session(by=request.user, session=row))


@require_POST
@signed_in
def extend(request: SignedInRequest, session: UUID) -> HttpResponse:
    """Give a session more time."""
    row = _find(request, session)
    return _after_clock(request, row, lambda: extend_lab_session(by=request.user, session=row))


@require_POST
@signed_in
def keep(request: SignedInRequest, session: UUID) -> HttpResponse:
    """Say that somebody is still there, so that the session does not end for idleness."""
    row = _find(request, session)
    return _after_clock(request, row, lambda: record_activity(session=row))


@require_safe
@signed_in
def clock(request: SignedInRequest, session: UUID) -> HttpResponse:
    """Show how long a session still lives."""
    return _after_clock(request, _find(request, session), lambda: None)


def _find(request: SignedInRequest, session_id: UUID) -> LabSession:
    """Return a session that this person may use. One of somebody else looks like one that does not exist."""
    row = LabSession.objects.select_related("lab").filter(pk=session_id).first()
    if row is None or not can_use(request.user, row):
        raise Http404
    return row


def _after(request: SignedInRequest, address: Address, action: Callable[[], Any]) -> HttpResponse:
    """Do something and show the pane as it is then, with a sentence where it was not possible."""
    sentence = refusal_of(action)
    if not is_htmx(request):
        return _to_lesson(request, address, sentence)
    shown = pane_of(find_page(request.user, address))
    return render(request, "lab_sessions/_pane.html", {"pane": shown, "page": shown.page, "sentence": sentence})


def _after_clock(request: SignedInRequest, row: LabSession, action: Callable[[], Any]) -> HttpResponse:
    """Do something that changes only how long a session lives, and show that."""
    sentence = refusal_of(action)
    address = Address.of(row.lab_key)
    if not is_htmx(request):
        return _to_lesson(request, address, sentence)
    row.refresh_from_db()
    context = {"clock": Clock(row, timezone.now()), "sentence": sentence}
    return render(request, "lab_sessions/_clock.html", context)


def _to_lesson(request: SignedInRequest, address: Address, sentence: str) -> HttpResponse:
    """For browsers in which no script ran."""
    if sentence:
        messages.warning(request, sentence)
    return redirect(address.url("lessons:lesson"))
