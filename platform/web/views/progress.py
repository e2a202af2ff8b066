"""What a learner has done."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from web.access import SignedInRequest, signed_in
from web.course_page import courses_for
from web.grades_page import own_grades


@require_safe
@signed_in
def mine(request: SignedInRequest) -> HttpResponse:
    """Show a person's own progress, chapter by chapter."""
    context = {"pages": courses_for(request.user), "grades": own_grades(request.user)}
    return render(request, "progress/mine.html", context)
