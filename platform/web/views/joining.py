"""Class codes: showing one to a room, and joining with one."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from audit.actions import NotPossible
from cohorts.actions import change_cohort, join_cohort, renew_join_code
from cohorts.codes import clean_code
from cohorts.permissions import check_can_run
from web.access import SignedInRequest, signed_in
from web.cohort_page import find_cohort
from web.forms.cohorts import JoinForm, JoinSpanForm
from web.join_link import join_link


@require_safe
@signed_in
def code(request: SignedInRequest, cohort: int) -> HttpResponse:
    """Show the class code as large as the screen allows, for a projector or a printer."""
    page = find_cohort(request.user, cohort)
    context = page.context(
        "cohorts:people", link=join_link(request, page.cohort), lets_join=page.cohort.lets_join(timezone.now())
    )
    return render(request, "cohorts/code.html", context)


@require_POST
@signed_in
def open_code(request: SignedInRequest, cohort: int) -> HttpResponse:
    """Let people join by themselves for a while."""
    page = find_cohort(request.user, cohort)
    check_can_run(request.user, page.cohort)
    form = JoinSpanForm(request.POST)
    if page.cohort.is_archived:
        messages.warning(request, _("This class is archived. Reopen it first."))
    elif form.is_valid():
        change_cohort(by=request.user, cohort=page.cohort, join_until=form.until())
    return redirect("cohorts:add", cohort=cohort)


@require_POST
@signed_in
def close_code(request: SignedInRequest, cohort: int) -> HttpResponse:
    """Let nobody join by themselves any more."""
    page = find_cohort(request.user, cohort)
    change_cohort(by=request.user, cohort=page.cohort, join_until=None)
    return redirect("cohorts:add", cohort=cohort)


@require_POST
@signed_in
def renew_code(request: SignedInRequest, cohort: int) -> HttpResponse:
    """Draw another code, because the old one got to whom it should not have."""
    page = find_cohort(request.user, cohort)
    renew_join_code(by=request.user, cohort=page.cohort)
    messages.success(request, _("This class has a new code. The old one leads nowhere any more."))
    return redirect("cohorts:add", cohort=cohort)


@require_safe
@signed_in
def enter_code(request: SignedInRequest) -> HttpResponse:
    """Ask for a class code, and go on to the page of that."""
    form = JoinForm(request.GET or None)
    if request.GET and form.is_valid() and (typed := clean_code(form.cleaned_data["code"])):
        return redirect("cohorts:join", code=typed)
    return render(request, "cohorts/enter_code.html", {"form": form})


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def join(request: SignedInRequest, code: str) -> HttpResponse:
    """Ask whether to join, and join. Which class it is, is told to who has joined only: codes can be guessed at."""
    context = {"code": clean_code(code), "sentence": ""}
    if request.method != "POST":
        return render(request, "cohorts/join.html", context)
    try:
        enrolment = join_cohort(by=request.user, code=code)
    except NotPossible as refusal:
        return render(request, "cohorts/join.html", {**context, "sentence": str(refusal)}, status=409)
    messages.success(request, _("You are in the class %(name)s now.") % {"name": enrolment.cohort})
    return redirect("courses:home")
