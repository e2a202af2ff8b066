"""A class at work, for who teaches it: the view of all, one learner, and what is done for everybody."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from audit.actions import NotPossible
from classroom.actions import lower_hand, take_hand
from classroom.drill import drill
from classroom.for_all import announce, cancel_warm_up, end_all, extend_all, warm_up, withdraw_announcement
from classroom.models import Announcement, HelpRequest
from classroom.queries import class_now
from cohorts.actions import reveal_solution
from lab_sessions.models import WarmUp
from web.access import SignedInRequest, signed_in
from web.cohort_page import CohortPage, find_cohort
from web.forms.classroom import AnnouncementForm, LessonForm, RevealForm, WarmUpForm
from web.now_page import Tools, check_runs, learner_now, lesson_choices, tasks_of

TAB = "classroom:now"


@require_safe
@signed_in
def now(request: SignedInRequest, cohort: int) -> HttpResponse:
    """Show who is where, who needs somebody first."""
    page = find_cohort(request.user, cohort)
    view = class_now(page.cohort, timezone.now())
    return render(request, "classroom/now.html", page.context(TAB, view=view, tools=Tools(view)))


@require_safe
@signed_in
def rows(request: SignedInRequest, cohort: int) -> HttpResponse:
    """Show the part of that page that changes."""
    page = find_cohort(request.user, cohort)
    context = {"page": page, "cohort": page.cohort, "view": class_now(page.cohort, timezone.now())}
    return render(request, "classroom/_class.html", context)


@require_safe
@signed_in
def learner(request: SignedInRequest, cohort: int, learner: int) -> HttpResponse:
    """Show one learner closely."""
    page = find_cohort(request.user, cohort)
    row = learner_now(page, learner)
    closely = drill(page.cohort, row.learner, timezone.now())
    return render(request, "classroom/learner.html", page.context(TAB, row=row, drill=closely))


@require_POST
@signed_in
def take(request: SignedInRequest, cohort: int, hand: int) -> HttpResponse:
    """Say "I come"."""
    page = find_cohort(request.user, cohort)
    row = get_object_or_404(HelpRequest.objects.of_cohort(page.cohort).select_related("learner"), pk=hand)
    return _after(request, page, lambda: take_hand(by=request.user, hand=row))


@require_POST
@signed_in
def done(request: SignedInRequest, cohort: int, hand: int) -> HttpResponse:
    """Take a hand down: it is done."""
    page = find_cohort(request.user, cohort)
    row = get_object_or_404(HelpRequest.objects.of_cohort(page.cohort).select_related("learner"), pk=hand)
    return _after(request, page, lambda: lower_hand(by=request.user, hand=row))


@require_POST
@signed_in
def say(request: SignedInRequest, cohort: int) -> HttpResponse:
    """Show a hint to all."""
    page = _run(request, cohort)
    form = AnnouncementForm(request.POST, lessons=lesson_choices(page.cohort))

    def act() -> str:
        data = _cleaned(form)
        until = timezone.now() + timedelta(minutes=data["minutes"])
        announce(by=request.user, cohort=page.cohort, text=data["text"], until=until, lesson_key=data["lesson"])
        return _("Your class sees it now.")

    return _after(request, page, act)


@require_POST
@signed_in
def unsay(request: SignedInRequest, cohort: int, announcement: int) -> HttpResponse:
    """Take a hint down."""
    page = _run(request, cohort)
    row = get_object_or_404(Announcement.objects.filter(cohort=page.cohort).select_related("cohort"), pk=announcement)
    return _after(request, page, lambda: withdraw_announcement(by=request.user, announcement=row))


@require_POST
@signed_in
def warm(request: SignedInRequest, cohort: int) -> HttpResponse:
    """Keep machines for a lesson."""
    page = _run(request, cohort)
    form = WarmUpForm(request.POST, lessons=lesson_choices(page.cohort))

    def act() -> str:
        data = _cleaned(form)
        warm_up(
            by=request.user,
            cohort=page.cohort,
            lesson_key=data["lesson"],
            sandboxes=data["sandboxes"],
            starts_at=data["starts_at"],
            ends_at=data["starts_at"] + timedelta(hours=data["hours"]),
        )
        return _("The machines will be warm from then on.")

    return _after(request, page, act)


@require_POST
@signed_in
def cool(request: SignedInRequest, cohort: int, wish: int) -> HttpResponse:
    """Do without them."""
    page = _run(request, cohort)
    row = get_object_or_404(WarmUp.objects.filter(cohort=page.cohort).select_related("cohort"), pk=wish)
    return _after(request, page, lambda: cancel_warm_up(by=request.user, wish=row))


@require_POST
@signed_in
def extend(request: SignedInRequest, cohort: int) -> HttpResponse:
    """Give every running lab more time."""
    page = _run(request, cohort)
    form = LessonForm(request.POST, lessons=lesson_choices(page.cohort))

    def act() -> str:
        given, refused = extend_all(by=request.user, cohort=page.cohort, lesson_key=_cleaned(form)["lesson"])
        sentence = ngettext("%(count)s lab got more time.", "%(count)s labs got more time.", given) % {"count": given}
        if refused:
            rest = ngettext(
                "%(count)s has had all its extensions.", "%(count)s have had all their extensions.", refused
            )
            sentence = f"{sentence} {rest % {'count': refused}}"
        return sentence

    return _after(request, page, act)


@require_POST
@signed_in
def end(request: SignedInRequest, cohort: int) -> HttpResponse:
    """End every lab."""
    page = _run(request, cohort)
    form = LessonForm(request.POST, lessons=lesson_choices(page.cohort))

    def act() -> str:
        ended = end_all(by=request.user, cohort=page.cohort, lesson_key=_cleaned(form)["lesson"])
        return ngettext("%(count)s lab was ended.", "%(count)s labs were ended.", ended) % {"count": ended}

    return _after(request, page, act)


@require_POST
@signed_in
def reveal(request: SignedInRequest, cohort: int) -> HttpResponse:
    """Show the solution of a task to all."""
    page = _run(request, cohort)
    form = RevealForm(request.POST, tasks=tasks_of(class_now(page.cohort, timezone.now())))

    def act() -> str:
        reveal_solution(by=request.user, cohort=page.cohort, exercise_key=_cleaned(form)["task"])
        return _("Your class can open the solution now.")

    return _after(request, page, act)


def _run(request: SignedInRequest, cohort: int) -> CohortPage:
    page = find_cohort(request.user, cohort)
    check_runs(page)
    return page


def _cleaned(form: AnnouncementForm | WarmUpForm | LessonForm | RevealForm) -> dict[str, Any]:
    """Return what was filled in. Raises NotPossible with what is wrong."""
    if not form.is_valid():
        wrong = [f"{form.fields[name].label}: {text}" for name, texts in form.errors.items() for text in texts]
        raise NotPossible(" ".join(wrong))
    return dict(form.cleaned_data)


def _after(request: SignedInRequest, page: CohortPage, action: Callable[[], object]) -> HttpResponse:
    """Do something, say what came of it, and show the class."""
    try:
        sentence = action()
        if isinstance(sentence, str):
            messages.success(request, sentence)
    except NotPossible as refusal:
        messages.error(request, str(refusal))
    return redirect(TAB, page.cohort.pk)
