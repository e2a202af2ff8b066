"""Cohorts: the list of them, and the people, lessons and settings of one."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from cohorts.models import Cohort
from cohorts.permissions import can_create
from web.access import SignedInRequest, signed_in
from web.cohort_page import find_cohort


@require_safe
@signed_in
def all_cohorts(request: SignedInRequest) -> HttpResponse:
    """Show the cohorts that somebody teaches in."""
    cohorts = Cohort.objects.seen_by(request.user).with_learner_count()
    context = {
        "cohorts": [cohort for cohort in cohorts if not cohort.is_archived],
        "archived": [cohort for cohort in cohorts if cohort.is_archived],
        "can_create": can_create(request.user),
        "section": "cohorts",
    }
    return render(request, "cohorts/list.html", context)


@require_safe
@signed_in
def people(request: SignedInRequest, cohort: int) -> HttpResponse:
    """Show who is in a cohort."""
    page = find_cohort(request.user, cohort)
    people = page.cohort.enrolments.select_related("user").order_by("user__last_name", "user__first_name")
    return render(request, "cohorts/people.html", page.context("cohorts:people", people=people))


@require_safe
@signed_in
def lessons(request: SignedInRequest, cohort: int) -> HttpResponse:
    """Show which lessons of a cohort are open, and until when."""
    page = find_cohort(request.user, cohort)
    return render(request, "cohorts/lessons.html", page.context("cohorts:lessons"))


@require_safe
@signed_in
def settings(request: SignedInRequest, cohort: int) -> HttpResponse:
    """Show what is decided about a cohort as a whole."""
    page = find_cohort(request.user, cohort)
    return render(request, "cohorts/settings.html", page.context("cohorts:settings"))
