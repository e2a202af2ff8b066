"""Cohorts: the list of them, making one, and what is decided about one as a whole."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cohorts.actions import archive_cohort, change_cohort, create_cohort, reopen_cohort
from cohorts.models import Cohort
from cohorts.permissions import can_create, check_can_create, check_can_run
from web.access import SignedInRequest, signed_in
from web.cohort_page import find_cohort
from web.forms.cohorts import CohortForm, CohortSettingsForm


@require_safe
@signed_in
def all_cohorts(request: SignedInRequest) -> HttpResponse:
    """Show the cohorts that somebody teaches in."""
    cohorts = Cohort.objects.seen_by(request.user).with_learner_count().prefetch_related("courses__current")
    context = {
        "cohorts": [cohort for cohort in cohorts if not cohort.is_archived],
        "archived": [cohort for cohort in cohorts if cohort.is_archived],
        "can_create": can_create(request.user),
        "section": "cohorts",
    }
    return render(request, "cohorts/list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def new(request: SignedInRequest) -> HttpResponse:
    """Make a cohort, and go on to its people."""
    check_can_create(request.user)
    form = CohortForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        cohort = create_cohort(by=request.user, **form.cleaned_data)
        return redirect("cohorts:add", cohort=cohort.pk)
    return render(request, "cohorts/new.html", {"form": form, "section": "cohorts"})


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def settings(request: SignedInRequest, cohort: int) -> HttpResponse:
    """Change what is decided about a cohort as a whole."""
    page = find_cohort(request.user, cohort)
    check_can_run(request.user, page.cohort)
    # The form changes its own copy; the action compares with the row as it is.
    form = CohortSettingsForm(request.POST or None, instance=Cohort.objects.get(pk=page.cohort.pk))
    if request.method == "POST" and form.is_valid():
        change_cohort(by=request.user, cohort=page.cohort, **form.cleaned_data)
        messages.success(request, _("Saved."))
        return redirect("cohorts:settings", cohort=cohort)
    return render(request, "cohorts/settings.html", page.context("cohorts:settings", form=form))


@require_POST
@signed_in
def archive(request: SignedInRequest, cohort: int) -> HttpResponse:
    """Put a cohort away."""
    page = find_cohort(request.user, cohort)
    archive_cohort(by=request.user, cohort=page.cohort)
    return redirect("cohorts:settings", cohort=cohort)


@require_POST
@signed_in
def reopen(request: SignedInRequest, cohort: int) -> HttpResponse:
    """Take a cohort out of the archive."""
    page = find_cohort(request.user, cohort)
    reopen_cohort(by=request.user, cohort=page.cohort)
    return redirect("cohorts:settings", cohort=cohort)
