"""A lesson, and the parts of its page that change while somebody works in it."""

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST, require_safe

from progress.actions import open_hint
from web.access import SignedInRequest, signed_in
from web.addresses import Address
from web.course_page import neighbours
from web.lesson_page import find_page
from web.now_page import strip_of
from web.pane import pane_of


@require_safe
@signed_in
def lesson(request: SignedInRequest, course: str, chapter: str, lesson: str) -> HttpResponse:
    """Show a lesson, beside its lab where it has one."""
    page = find_page(request.user, Address(course, chapter, lesson))
    before, after = neighbours(page.lesson)
    context = {"page": page, "pane": pane_of(page), "before": before, "after": after}
    context["strip"] = strip_of(request.user, page.lesson.key)
    return render(request, "lessons/lesson.html", context)


@require_safe
@signed_in
def states(request: SignedInRequest, course: str, chapter: str, lesson: str) -> HttpResponse:
    """Show what is done: every mark of the page, for htmx to put in place of the old ones."""
    page = find_page(request.user, Address(course, chapter, lesson))
    return render(request, "lessons/_states.html", {"page": page})


@require_POST
@signed_in
def hint(request: SignedInRequest, course: str, chapter: str, lesson: str, exercise: str, number: int) -> HttpResponse:
    """Note that a hint was uncovered."""
    page = find_page(request.user, Address(course, chapter, lesson))
    hints = page.hints(exercise)
    if not 1 <= number <= hints:
        raise Http404
    open_hint(by=request.user, exercise=page.exercises[exercise], number=number)
    return HttpResponse(status=204)
