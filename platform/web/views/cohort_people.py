"""Who is in a cohort: finding, adding, moving and removing people."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cohorts.actions import enrol, move_learner, remove_from_cohort, set_role
from cohorts.models import Enrolment, Role
from cohorts.permissions import check_can_run
from web.access import SignedInRequest, is_htmx, signed_in
from web.attempting import attempt
from web.cohort_page import CohortPage, find_cohort
from web.cohort_people import last_seen, members, roster_table
from web.forms.cohorts import AddPersonForm, JoinSpanForm, MoveForm, RoleForm
from web.join_link import join_link

MAX_SEARCH = 100  # characters that are looked for; nobody's name is longer


@require_safe
@signed_in
def people(request: SignedInRequest, cohort: int) -> HttpResponse:
    """Show who is in a cohort, or those who are looked for."""
    page = find_cohort(request.user, cohort)
    wanted = request.GET.get("q", "")[:MAX_SEARCH].replace("\0", "")
    context = page.context("cohorts:people", members=members(page.cohort, wanted=wanted), wanted=wanted)
    return render(request, "cohorts/_people.html" if is_htmx(request) else "cohorts/people.html", context)


@require_safe
@signed_in
def export(request: SignedInRequest, cohort: int) -> HttpResponse:
    """Send the people of a cohort as a table for spreadsheet programs."""
    page = find_cohort(request.user, cohort)
    table = roster_table(page.cohort, (get_language() or "es").split("-")[0])
    response = HttpResponse(table, content_type="text/csv; charset=utf-8")
    name = slugify(page.cohort.name) or "class"
    response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return response


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def add(request: SignedInRequest, cohort: int) -> HttpResponse:
    """Show the ways in which people come into a cohort, and add one who has an account."""
    page = find_cohort(request.user, cohort)
    check_can_run(request.user, page.cohort)
    form = AddPersonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        user, role = form.cleaned_data["username"], Role(form.cleaned_data["role"])
        enrol(by=request.user, cohort=page.cohort, user=user, role=role)
        messages.success(request, _("%(name)s is in the class.") % {"name": user})
        return redirect("cohorts:people", cohort=cohort)
    context = page.context(
        "cohorts:people",
        form=form,
        link=join_link(request, page.cohort),
        lets_join=page.cohort.lets_join(timezone.now()),
        spans=JoinSpanForm(),
    )
    return render(request, "cohorts/add.html", context)


@require_safe
@signed_in
def person(request: SignedInRequest, cohort: int, enrolment: int) -> HttpResponse:
    """Show one person of a cohort, and what can be done about them there."""
    page = find_cohort(request.user, cohort)
    row = _find(page, enrolment)
    seen = [row.user.last_login, last_seen([row.user_id]).get(row.user_id)]
    context = page.context(
        "cohorts:people",
        enrolment=row,
        last_seen=max((moment for moment in seen if moment is not None), default=None),
        role_form=RoleForm(initial={"role": row.role}),
        move_form=MoveForm(by=request.user, cohort=page.cohort),
    )
    return render(request, "cohorts/person.html", context)


@require_POST
@signed_in
def change_role(request: SignedInRequest, cohort: int, enrolment: int) -> HttpResponse:
    """Make somebody a learner, an assistant or an instructor."""
    page = find_cohort(request.user, cohort)
    check_can_run(request.user, page.cohort)
    row = _find(page, enrolment)
    form = RoleForm(request.POST)
    if form.is_valid():
        role = Role(form.cleaned_data["role"])
        attempt(request, lambda: set_role(by=request.user, enrolment=row, role=role), _("Saved."))
    return redirect("cohorts:person", cohort=cohort, enrolment=enrolment)


@require_POST
@signed_in
def move(request: SignedInRequest, cohort: int, enrolment: int) -> HttpResponse:
    """Put a learner into another cohort."""
    page = find_cohort(request.user, cohort)
    check_can_run(request.user, page.cohort)
    row = _find(page, enrolment)
    form = MoveForm(request.POST, by=request.user, cohort=page.cohort)
    if not form.is_valid():
        messages.warning(request, _("Choose the class they go to."))
        return redirect("cohorts:person", cohort=cohort, enrolment=enrolment)
    to = form.cleaned_data["to"]
    done = _("%(name)s is in %(cohort)s now.") % {"name": row.user, "cohort": to}
    if attempt(request, lambda: move_learner(by=request.user, enrolment=row, to=to), done):
        return redirect("cohorts:people", cohort=cohort)
    return redirect("cohorts:person", cohort=cohort, enrolment=enrolment)


@require_POST
@signed_in
def remove(request: SignedInRequest, cohort: int, enrolment: int) -> HttpResponse:
    """Take somebody out of a cohort."""
    row = _find(find_cohort(request.user, cohort), enrolment)
    done = _("%(name)s is no longer in the class. What they did stays theirs.") % {"name": row.user}
    if attempt(request, lambda: remove_from_cohort(by=request.user, enrolment=row), done):
        return redirect("cohorts:people", cohort=cohort)
    return redirect("cohorts:person", cohort=cohort, enrolment=enrolment)


def _find(page: CohortPage, enrolment: int) -> Enrolment:
    row = page.cohort.enrolments.select_related("user", "cohort").filter(pk=enrolment).first()
    if row is None:
        raise Http404
    return row
