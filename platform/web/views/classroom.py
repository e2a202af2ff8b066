"""A class at work, for who teaches it: the view of all, one learner, and what is done for everybody."""

from collections.abc import Callable
from datetime import timedelta
from functools import wraps
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


def _acts(view: Callable[..., str | None]) -> Callable[..., HttpResponse]:
    """Let `view` do something in a class; say what it returns or why it was not possible, and show the class."""

    @wraps(view)
    @require_POST
    @signed_in
    def acting(request: SignedInRequest, /, cohort: int, **rest: Any) -> HttpResponse:
        page = find_cohort(request.user, cohort)
        try:
            sentence = view(request, page, **rest)
        except NotPossible as refusal:
            messages.error(request, str(refusal))
        else:
            if sentence:
                messages.success(request, sentence)
        return redirect(TAB, page.cohort.pk)

    return acting


@_acts
def take(request: SignedInRequest, page: CohortPage, hand: int) -> None:
    """Say "I come"."""
    take_hand(by=request.user, hand=_hand(page, hand))


@_acts
def done(request: SignedInRequest, page: CohortPage, hand: int) -> None:
    """Take a hand down: it is done."""
    lower_hand(by=request.user, hand=_hand(page, hand))


@_acts
def say(request: SignedInRequest, page: CohortPage) -> str:
    """Show a hint to all."""
    check_runs(page)
    data = _cleaned(AnnouncementForm(request.POST, lessons=lesson_choices(page.cohort)))
    until = timezone.now() + timedelta(minutes=data["minutes"])
    announce(by=request.user, cohort=page.cohort, text=data["text"], until=until, lesson_key=data["lesson"])
    return _("Your class sees it now.")


@_acts
def unsay(request: SignedInRequest, page: CohortPage, announcement: int) -> None:
    """Take a hint down."""
    check_runs(page)
    row = get_object_or_404(Announcement.objects.filter(cohort=page.cohort).select_related("cohort"), pk=announcement)
    withdraw_announcement(by=request.user, announcement=row)


@_acts
def warm(request: SignedInRequest, page: CohortPage) -> str:
    """Keep machines for a lesson."""
    check_runs(page)
    data = _cleaned(WarmUpForm(request.POST, lessons=lesson_choices(page.cohort)))
    warm_up(
        by=request.user,
        cohort=page.cohort,
        lesson_key=data["lesson"],
        sandboxes=data["sandboxes"],
        starts_at=data["starts_at"],
        ends_at=data["starts_at"] + timedelta(hours=data["hours"]),
    )
    return _("The machines will be warm from then on.")


@_acts
def cool(request: SignedInRequest, page: CohortPage, wish: int) -> None:
    """Do without them."""
    check_runs(page)
    row = get_object_or_404(WarmUp.objects.filter(cohort=page.cohort).select_related("cohort"), pk=wish)
    cancel_warm_up(by=request.user, wish=row)


@_acts
def extend(request: SignedInRequest, page: CohortPage) -> str:
    """Give every running lab more time."""
    check_runs(page)
    data = _cleaned(LessonForm(request.POST, lessons=lesson_choices(page.cohort)))
    given, refused = extend_all(by=request.user, cohort=page.cohort, lesson_key=data["lesson"])
    sentence = ngettext("%(count)s lab got more time.", "%(count)s labs got more time.", given) % {"count": given}
    if refused:
        rest = ngettext("%(count)s has had all its extensions.", "%(count)s have had all their extensions.", refused)
        sentence = f"{sentence} {rest % {'count': refused}}"
    return sentence


@_acts
def end(request: SignedInRequest, page: CohortPage) -> str:
    """End every lab."""
    check_runs(page)
    data = _cleaned(LessonForm(request.POST, lessons=lesson_choices(page.cohort)))
    ended = end_all(by=request.user, cohort=page.cohort, lesson_key=data["lesson"])
    return ngettext("%(count)s lab was ended.", "%(count)s labs were ended.", ended) % {"count": ended}


@_acts
def reveal(request: SignedInRequest, page: CohortPage) -> str:
    """Show the solution of a task to all."""
    check_runs(page)
    data = _cleaned(RevealForm(request.POST, tasks=tasks_of(class_now(page.cohort, timezone.now()))))
    reveal_solution(by=request.user, cohort=page.cohort, exercise_key=data["task"])
    return _("Your class can open the solution now.")


def _hand(page: CohortPage, hand: int) -> HelpRequest:
    return get_object_or_404(HelpRequest.objects.of_cohort(page.cohort).select_related("learner"), pk=hand)


def _cleaned(form: AnnouncementForm | WarmUpForm | LessonForm | RevealForm) -> dict[str, Any]:
    """Return what was filled in. Raises NotPossible with what is wrong."""
    if not form.is_valid():
        wrong = [f"{form.fields[name].label}: {text}" for name, texts in form.errors.items() for text in texts]
        raise NotPossible(" ".join(wrong))
    return dict(form.cleaned_data)
