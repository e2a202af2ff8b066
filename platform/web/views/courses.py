"""The courses, and one course."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from web.access import SignedInRequest, signed_in
from web.course_page import courses_for, find_course


@require_safe
@signed_in
def home(request: SignedInRequest) -> HttpResponse:
    """Show the courses; where there is only one, show that."""
    pages = courses_for(request.user)
    if len(pages) == 1:
        return redirect("courses:course", course=pages[0].course.slug)
    return render(request, "courses/home.html", {"pages": pages})


@require_safe
@signed_in
def course(request: SignedInRequest, course: str) -> HttpResponse:
    """Show one course: where to go on, and all its lessons."""
    return render(request, "courses/course.html", {"page": find_course(request.user, course)})
