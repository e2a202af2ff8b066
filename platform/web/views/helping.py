"""Hands and shoulders: a learner asks for help, and lets somebody watch or type in their terminals."""

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from audit.actions import NotPossible
from classroom.actions import ask_to_assist, end_assistance, grant_assistance, lower_hand, raise_hand
from classroom.for_all import dismiss_announcement
from classroom.models import Announcement, Assistance, HelpRequest
from lab_sessions.actions import end_lab_session, extend_lab_session
from lab_sessions.models import LabSession
from web.access import SignedInRequest, is_htmx, signed_in
from web.addresses import Address
from web.cohort_page import find_cohort
from web.lesson_page import find_page
from web.now_page import AssistPage, check_runs, find_session, strip_of


@require_safe
@signed_in
def strip(request: SignedInRequest, course: str, chapter: str, lesson: str) -> HttpResponse:
    """Show what a lesson's page says about the reader's class."""
    return _strip(request, Address(course, chapter, lesson))


@require_POST
@signed_in
def raise_(request: SignedInRequest, course: str, chapter: str, lesson: str) -> HttpResponse:
    """Raise one's hand at a lesson."""
    address = Address(course, chapter, lesson)
    page = find_page(request.user, address)
    task = next((exercise.key for exercise, standing in page.tasks if not standing.passed), "")
    return _after(request, address, lambda: raise_hand(by=request.user, lesson_key=page.lesson.key, exercise_key=task))


@require_POST
@signed_in
def lower(request: SignedInRequest, course: str, chapter: str, lesson: str) -> HttpResponse:
    """Take one's hand down."""
    hand = HelpRequest.objects.open(timezone.now()).filter(learner=request.user).first()
    address = Address(course, chapter, lesson)
    return _after(request, address, lambda: hand and lower_hand(by=request.user, hand=hand))


@require_POST
@signed_in
def allow(request: SignedInRequest, course: str, chapter: str, lesson: str, assistance: UUID) -> HttpResponse:
    """Let somebody watch or help."""
    row = _mine(request, assistance)
    address = Address(course, chapter, lesson)
    return _after(request, address, lambda: grant_assistance(by=request.user, assistance=row))


@require_POST
@signed_in
def stop(request: SignedInRequest, course: str, chapter: str, lesson: str, assistance: UUID) -> HttpResponse:
    """Say no, or no more."""
    row = _mine(request, assistance)
    address = Address(course, chapter, lesson)
    return _after(request, address, lambda: end_assistance(by=request.user, assistance=row))


@require_POST
@signed_in
def dismiss(request: SignedInRequest, course: str, chapter: str, lesson: str, announcement: int) -> HttpResponse:
    """Put a hint away."""
    address = Address(course, chapter, lesson)
    shown = Announcement.objects.for_learner(request.user.pk, address.key).distinct()
    row = get_object_or_404(shown, pk=announcement)
    return _after(request, address, lambda: dismiss_announcement(by=request.user, announcement=row))


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
    return _with_session(
        request, cohort, row, lambda: ask_to_assist(by=request.user, session=row, mode=Assistance.Mode(wanted))
    )


@require_POST
@signed_in
def leave(request: SignedInRequest, cohort: int, session: UUID) -> HttpResponse:
    """End what one asked for oneself."""
    page = find_cohort(request.user, cohort)
    row = find_session(page, session)
    mine = Assistance.objects.filter(lab_session=row, by=request.user, ended_at=None).select_related("lab_session")
    latest = mine.first()
    return _with_session(request, cohort, row, lambda: latest and end_assistance(by=request.user, assistance=latest))


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


def _mine(request: SignedInRequest, assistance: UUID) -> Assistance:
    """Return what somebody asked of this person. What was asked of others looks like what was never asked."""
    mine = Assistance.objects.filter(lab_session__learner=request.user).select_related("lab_session")
    return get_object_or_404(mine, pk=assistance)


def _strip(request: SignedInRequest, address: Address, sentence: str = "") -> HttpResponse:
    context = {"strip": strip_of(request.user, address.key), "key": address.key, "sentence": sentence, "oob": True}
    return render(request, "classroom/_strip.html", context)


def _after(request: SignedInRequest, address: Address, action: Callable[[], object]) -> HttpResponse:
    """Do something and show the strip as it is then, with a sentence where it was not possible."""
    sentence = ""
    try:
        action()
    except NotPossible as refusal:
        sentence = str(refusal)
    if is_htmx(request):
        return _strip(request, address, sentence)
    if sentence:
        messages.warning(request, sentence)
    return redirect(address.url("lessons:lesson"))


def _attempt(request: SignedInRequest, action: Callable[[], object]) -> None:
    try:
        action()
    except NotPossible as refusal:
        messages.error(request, str(refusal))


def _with_session(
    request: SignedInRequest, cohort: int, session: LabSession, action: Callable[[], object]
) -> HttpResponse:
    _attempt(request, action)
    return redirect("classroom:assist", cohort, session.pk)
