"""A cohort's grades: the table, one learner, the statistics of a lesson, and correcting a check."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from audit.actions import NotPossible
from cohorts.permissions import check_can_run
from content.problems import ContentErrors
from courses.models import Exercise
from gradebook.actions import override_grade, withdraw_override
from gradebook.export import csv_lines, grade_rows
from gradebook.models import GradeOverride
from gradebook.queries import grade_book
from gradebook.statistics import lesson_statistics
from grading.correcting import correct_check, regrade, withdraw_correction
from web.access import SignedInRequest, signed_in
from web.addresses import Address
from web.cohort_page import find_cohort
from web.forms.grades import CorrectionForm, OverrideForm
from web.grades_page import CheckPage, find_exercise, find_lesson, learner_grades

TAB = "grades:table"


@require_safe
@signed_in
def table(request: SignedInRequest, cohort: int) -> HttpResponse:
    """Show learners x lessons as a heat map."""
    page = find_cohort(request.user, cohort)
    return render(request, "grades/table.html", page.context(TAB, book=grade_book(page.cohort)))


@require_safe
@signed_in
def export(request: SignedInRequest, cohort: int) -> HttpResponse:
    """Give the table as CSV."""
    page = find_cohort(request.user, cohort)
    text = "".join(csv_lines(grade_rows(grade_book(page.cohort))))
    response = HttpResponse(text, content_type="text/csv; charset=utf-8")
    name = slugify(page.cohort.name) or f"class-{page.cohort.pk}"
    grades = _("grades")
    response["Content-Disposition"] = f'attachment; filename="{name}-{grades}.csv"'
    return response


@require_safe
@signed_in
def learner(request: SignedInRequest, cohort: int, learner: int) -> HttpResponse:
    """Show what one learner has for each exercise."""
    page = find_cohort(request.user, cohort)
    grades = learner_grades(page, learner)
    return render(request, "grades/learner.html", page.context(TAB, grades=grades))


@require_POST
@signed_in
def override(request: SignedInRequest, cohort: int, learner: int, exercise_id: int) -> HttpResponse:
    """Give points by hand."""
    page = find_cohort(request.user, cohort)
    check_can_run(request.user, page.cohort)
    grades = learner_grades(page, learner)
    row = get_object_or_404(Exercise, pk=exercise_id, lesson__revision__course__cohorts=page.cohort)
    form = OverrideForm(request.POST)
    try:
        if not form.is_valid():
            raise NotPossible(" ".join(str(text) for errors in form.errors.values() for text in errors))
        override_grade(by=request.user, cohort=page.cohort, learner=grades.learner, exercise=row, **form.cleaned_data)
        messages.success(request, _("Noted. These points count now."))
    except NotPossible as refusal:
        messages.error(request, str(refusal))
    return redirect("grades:learner", cohort, learner)


@require_POST
@signed_in
def withdraw(request: SignedInRequest, cohort: int, override: int) -> HttpResponse:
    """Let what was earned count again."""
    page = find_cohort(request.user, cohort)
    row = get_object_or_404(GradeOverride, pk=override, cohort=page.cohort)
    withdraw_override(by=request.user, override=row)
    messages.success(request, _("What was earned counts again."))
    return redirect("grades:learner", cohort, row.learner_id)


@require_safe
@signed_in
def statistics(request: SignedInRequest, cohort: int, course: str, chapter: str, lesson: str) -> HttpResponse:
    """Show how the cohort fares with each exercise of a lesson."""
    page = find_cohort(request.user, cohort)
    row = find_lesson(page, Address(course, chapter, lesson))
    context = page.context(TAB, lesson=row, statistics=lesson_statistics(page.cohort, row))
    return render(request, "grades/statistics.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def check(request: SignedInRequest, cohort: int, course: str, chapter: str, lesson: str, exercise: str) -> HttpResponse:
    """Show the checks of a task and correct them."""
    checks = _checks(request, cohort, Address(course, chapter, lesson), exercise)
    form = CorrectionForm(request.POST if request.method == "POST" else None, initial={"written": checks.written})
    problems: list[str] = []
    if request.method == "POST" and form.is_valid():
        try:
            correct_check(by=request.user, cohort=checks.page.cohort, exercise=checks.exercise, **form.cleaned_data)
        except ContentErrors as error:
            problems = [
                _("Line %(line)s: %(message)s %(mend)s")
                % {"line": each.line, "message": each.message, "mend": each.mend}
                for each in error.problems
            ]
        except NotPossible as refusal:
            problems = [str(refusal)]
        else:
            messages.success(request, _("The corrected checks count from now on, also in labs that are running."))
            return redirect(request.path)
    context = checks.page.context(TAB, checks=checks, form=form, problems=problems)
    return render(request, "grades/check.html", context, status=422 if problems or form.errors else 200)


@require_POST
@signed_in
def judge_again(
    request: SignedInRequest, cohort: int, course: str, chapter: str, lesson: str, exercise: str
) -> HttpResponse:
    """Judge what was handed in by the checks that count now, or let the lab's own count again."""
    address = Address(course, chapter, lesson)
    checks = _checks(request, cohort, address, exercise)
    if "withdraw" in request.POST:
        if checks.correction is not None:
            withdraw_correction(by=request.user, correction=checks.correction)
        messages.success(request, _("The checks of the lesson's file count again."))
    else:
        changed = regrade(
            by=request.user,
            cohort=checks.page.cohort,
            exercise=checks.exercise,
            correction=checks.correction,
            lower=request.POST.get("lower") == "on",
        )
        sentence = ngettext("%(count)s result changed.", "%(count)s results changed.", changed)
        messages.success(request, sentence % {"count": changed})
    return redirect(address.url("grades:check", cohort=str(cohort), exercise=exercise))


def _checks(request: SignedInRequest, cohort: int, address: Address, exercise: str) -> CheckPage:
    page = find_cohort(request.user, cohort)
    check_can_run(request.user, page.cohort)
    row = find_exercise(page, address, exercise)
    if row.kind != Exercise.Kind.TASK:
        raise Http404
    return CheckPage(page, row)
