"""What a learner has done."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from web.access import SignedInRequest, signed_in
from web.course_page import courses_for


@require_safe
@signed_in
def mine(request: SignedInRequest) -> HttpResponse:
    """Show a person's own progress, chapter by chapter."""
    return render(request, "progress/mine.html", {"pages": courses_for(request.user)})
