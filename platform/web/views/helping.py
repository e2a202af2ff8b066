"""Hands and shoulders: a learner asks for help, and lets somebody watch or type in their terminals."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from classroom.actions import ask_to_assist, end_assistance, grant_assistance, lower_hand, raise_hand
from classroom.for_all import dismiss_announcement
from classroom.models import Announcement, Assistance, HelpRequest
from lab_sessions.actions import end_lab_session, extend_lab_session
from lab_sessions.models import LabSession
from web.access import SignedInRequest, is_htmx, signed_in
from web.addresses import Address
from web.attempting import refusal_of
from web.cohort_page import find_cohort
from web.lesson_page import find_page
from web.now_page import AssistPage, check_runs, find_session, strip_of


@require_safe
@signed_in
def strip(request: SignedInRequest, course: str, chapter: str, lesson: str) -> HttpResponse:
    """Show what a lesson's page says about the reader's class."""
    return _strip(request, Address(course, chapter, lesson))


def _acts(view: Callable[..., None]) -> Callable[..., HttpResponse]:
    """Let `view` do something at a lesson, and show the strip as it is then, or why it was not possible."""

    @wraps(view)
    @require_POST
    @signed_in
    def acting(request: SignedInRequest, /, course: str, chapter: str, lesson: str, **rest: Any) -> HttpResponse:
        address = Address(course, chapter, lesson)
        sentence = refusal_of(lambda: view(request, address, **rest))
        if is_htmx(request):
            return _strip(request, address, sentence)
        if sentence:
            messages.warning(request, sentence)
        return redirect(address.url("lessons:lesson"))

    return acting


@_acts
def raise_(request: SignedInRequest, address: Address) -> None:
    """Raise one's hand at a lesson."""
    page = find_page(request.user, address)
    task = next((exercise.key for exercise, standing in page.tasks if not standing.passed), "")
    raise_hand(by=request.user, lesson_key=page.lesson.key, exercise_key=task)


@_acts
def lower(request: SignedInRequest, address: Address) -> None:
    """Take one's hand down."""
    hand = HelpRequest.objects.open(timezone.now()).filter(learner=request.user).first()
    if hand is not None:
        lower_hand(by=request.user, hand=hand)


@_acts
def allow(request: SignedInRequest, address: Address, assistance: UUID) -> None:
    """Let somebody watch or help."""
    grant_assistance(by=request.user, assistance=_mine(request, assistance))


@_acts
def stop(request: SignedInRequest, address: Address, assistance: UUID) -> None:
    """Say no, or no more."""
    end_assistance(by=request.user, assistance=_mine(request, assistance))


@_acts
def dismiss(request: SignedInRequest, address: Address, announcement: int) -> None:
    """Put a hint away."""
    shown = Announcement.objects.for_learner(request.user.pk, address.key).distinct()
    dismiss_announcement(by=request.user, announcement=get_object_or_404(shown, pk=announcement))


@require_safe
@signed_in
def assist(request: SignedInRequest, cohort: int, session: UUID) -> HttpResponse:
    """Show a learner's terminals to who may see them, and the question to who may not yet."""
    page = find_cohort(request.user, cohort)
    shown = AssistPage(request.user, find_session(page, session))
    if is_htmx(request):
        if request.GET.get("seen") == shown.seen:
            return HttpResponse(status=204)
        return render(request, "classroom/_assist.html", {"page": page, "cohort": page.cohort, "assist": shown})
    return render(request, "classroom/assist.html", page.context("classroom:now", assist=shown))


@require_POST
@signed_in
def ask(request: SignedInRequest, cohort: int, session: UUID) -> HttpResponse:
    """Ask a learner to be let in."""
    page = find_cohort(request.user, cohort)
    row = find_session(page, session)
    wanted = request.POST.get("mode", "")
    if wanted not in Assistance.Mode.values:
        raise Http404
    _attempt(request, lambda: ask_to_assist(by=request.user, session=row, mode=Assistance.Mode(wanted)))
    return redirect("classroom:assist", cohort, row.pk)


@require_POST
@signed_in
def leave(request: SignedInRequest, cohort: int, session: UUID) -> HttpResponse:
    """End what one asked for oneself."""
    page = find_cohort(request.user, cohort)
    row = find_session(page, session)
    mine = Assistance.objects.filter(lab_session=row, by=request.user, ended_at=None).select_related("lab_session")
    latest = mine.first()
    _attempt(request, lambda: latest and end_assistance(by=request.user, assistance=latest))
    return redirect("classroom:assist", cohort, row.pk)


@require_POST
@signed_in
def extend(request: SignedInRequest, cohort: int, session: UUID) -> HttpResponse:
    """Give one lab more time."""
    page = find_cohort(request.user, cohort)
    check_runs(page)
    row = find_session(page, session)
    _attempt(request, lambda: extend_lab_session(by=request.user, session=row))
    return redirect("classroom:learner", cohort, row.learner_id)


@require_POST
@signed_in
def end(request: SignedInRequest, cohort: int, session: UUID) -> HttpResponse:
    """End one lab."""
    page = find_cohort(request.user, cohort)
    check_runs(page)
    row = find_session(page, session)
    _attempt(request, lambda: end_lab_session(by=request.user, session=row, reason=LabSession.Reason.STAFF))
    return redirect("classroom:learner", cohort, row.learner_id)


def _attempt(request: SignedInRequest, action: Callable[[], object]) -> None:
    refusal = refusal_of(action)
    if refusal:
        messages.error(request, refusal)


def _mine(request: SignedInRequest, assistance: UUID) -> Assistance:
    """Return what somebody asked of this person. What was asked of others looks like what was never asked."""
    mine = Assistance.objects.filter(lab_session__learner=request.user).select_related("lab_session")
    return get_object_or_404(mine, pk=assistance)


def _strip(request: SignedInRequest, address: Address, sentence: str = "") -> HttpResponse:
    context = {"strip": strip_of(request.user, address.key), "key": address.key, "sentence": sentence, "oob": True}
    return render(request, "classroom/_strip.html", context)
