"""Lists of people as CSV: looking at what would become of one, then doing it."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from audit.actions import NotPossible
from cohorts.actions import import_roster
from cohorts.permissions import check_can_run
from cohorts.roster import MAX_PROBLEMS, UnreadableRoster, read_roster
from cohorts.roster_plan import plan_roster
from web.access import SignedInRequest, signed_in
from web.cohort_page import CohortPage, find_cohort
from web.forms.cohorts import RosterForm


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def roster(request: SignedInRequest, cohort: int) -> HttpResponse:
    """Take a list and show what would become of each line. Nothing is written."""
    page = find_cohort(request.user, cohort)
    check_can_run(request.user, page.cohort)
    if request.method != "POST":
        return render(request, "cohorts/roster.html", page.context("cohorts:people", form=RosterForm()))
    return _shown(request, page, RosterForm(request.POST, request.FILES))


@require_POST
@signed_in
def confirm(request: SignedInRequest, cohort: int) -> HttpResponse:
    """Do what was looked at; where something else would be done by now, show that instead."""
    page = find_cohort(request.user, cohort)
    check_can_run(request.user, page.cohort)
    form = RosterForm({"text": request.POST.get("text", "")})
    if not form.is_valid():
        return _shown(request, page, form)
    text, digest = form.cleaned_data["text"], request.POST.get("digest", "")
    try:
        plan = import_roster(by=request.user, cohort=page.cohort, text=text, digest=digest)
    except (NotPossible, UnreadableRoster) as refusal:
        return _shown(request, page, form, sentence=str(refusal))
    done = ngettext("%(number)d person was added.", "%(number)d people were added.", plan.coming)
    messages.success(request, done % {"number": plan.coming})
    return redirect("cohorts:people", cohort=cohort)


def _shown(request: SignedInRequest, page: CohortPage, form: RosterForm, sentence: str = "") -> HttpResponse:
    """Show what would become of a list, or why it cannot be read."""
    if not form.is_valid():
        return render(request, "cohorts/roster.html", page.context("cohorts:people", form=form), status=422)
    text = form.cleaned_data["text"]
    try:
        read = read_roster(text)
    except UnreadableRoster as refusal:
        again = RosterForm(initial={"text": text})
        context = page.context("cohorts:people", form=again, sentence=str(refusal))
        return render(request, "cohorts/roster.html", context, status=422)
    plan = plan_roster(by=request.user, cohort=page.cohort, people=read.people)
    problems = sorted([*read.problems, *plan.problems], key=lambda problem: problem.line)
    context = page.context(
        "cohorts:people",
        form=RosterForm(initial={"text": text}),
        plan=plan,
        problems=problems[:MAX_PROBLEMS],
        more_problems=max(0, len(problems) - MAX_PROBLEMS),
        ignored=read.ignored,
        text=text,
        sentence=sentence,
    )
    return render(request, "cohorts/preview.html", context, status=422 if problems else 200)
