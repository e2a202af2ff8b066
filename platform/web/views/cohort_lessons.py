"""Which lessons of a cohort are open, from when and until when."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cohorts.actions import set_lesson_rule
from cohorts.models import LessonRule
from cohorts.permissions import check_can_run
from web.access import SignedInRequest, is_htmx, signed_in
from web.addresses import Address
from web.cohort_lessons import LessonLine, lesson_line, lesson_lines
from web.cohort_page import CohortPage, find_cohort
from web.forms.cohorts import DoorForm, LessonRuleForm


@require_safe
@signed_in
def lessons(request: SignedInRequest, cohort: int) -> HttpResponse:
    """Show every lesson of a cohort's courses, and whether it is open."""
    page = find_cohort(request.user, cohort)
    return render(request, "cohorts/lessons.html", page.context("cohorts:lessons", courses=lesson_lines(page.cohort)))


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def rule(request: SignedInRequest, cohort: int, course: str, chapter: str, lesson: str) -> HttpResponse:
    """Decide when one lesson is open and due."""
    page = find_cohort(request.user, cohort)
    check_can_run(request.user, page.cohort)
    line = _find(page, Address(course, chapter, lesson))
    form = LessonRuleForm(request.POST or None, instance=line.rule)
    if request.method == "POST" and form.is_valid():
        set_lesson_rule(by=request.user, cohort=page.cohort, lesson_key=line.lesson.key, rule=form.cleaned_data)
        messages.success(request, _("Saved."))
        return redirect("cohorts:lessons", cohort=cohort)
    return render(request, "cohorts/lesson_rule.html", page.context("cohorts:lessons", line=line, form=form))


@require_POST
@signed_in
def door(request: SignedInRequest, cohort: int, course: str, chapter: str, lesson: str) -> HttpResponse:
    """Open or shut one lesson by hand, now."""
    page = find_cohort(request.user, cohort)
    check_can_run(request.user, page.cohort)
    line = _find(page, Address(course, chapter, lesson))
    form = DoorForm(request.POST)
    if form.is_valid():
        set_lesson_rule(by=request.user, cohort=page.cohort, lesson_key=line.lesson.key, rule=form.cleaned_data)
    if not is_htmx(request):
        return redirect("cohorts:lessons", cohort=cohort)
    line = _find(page, Address(course, chapter, lesson))
    return render(request, "cohorts/_lesson.html", page.context("cohorts:lessons", line=line))


@require_POST
@signed_in
def doors(request: SignedInRequest, cohort: int, course: str) -> HttpResponse:
    """Open or shut all lessons of a course by hand."""
    page = find_cohort(request.user, cohort)
    check_can_run(request.user, page.cohort)
    form = DoorForm(request.POST)
    lines = [each for each in lesson_lines(page.cohort) if each.course.slug == course]
    if not lines:
        raise Http404
    if form.is_valid():
        for chapter in lines[0].chapters:
            for line in chapter.lessons:
                _set_door(request, page, line, form.cleaned_data["door"])
    return redirect("cohorts:lessons", cohort=cohort)


def _set_door(request: SignedInRequest, page: CohortPage, line: LessonLine, door: str) -> None:
    """Leave alone what is so already: a lesson without a rule is open as it is."""
    if line.rule.door == door or (line.rule.pk is None and door != LessonRule.Door.SHUT):
        return
    set_lesson_rule(by=request.user, cohort=page.cohort, lesson_key=line.lesson.key, rule={"door": door})


def _find(page: CohortPage, address: Address) -> LessonLine:
    line = lesson_line(page.cohort, address.key)
    if line is None:
        raise Http404
    return line
