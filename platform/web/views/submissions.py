"""Handing in, and what came of it."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from audit.actions import NotPossible
from courses.models import Exercise
from grading.actions import submit_exercise
from grading.models import Submission
from web.access import SignedInRequest, is_htmx, signed_in
from web.addresses import Address
from web.forms.submissions import read_answer
from web.lesson_page import LessonPage, find_page


@require_POST
@signed_in
def submit(request: SignedInRequest, course: str, chapter: str, lesson: str, exercise: str) -> HttpResponse:
    """Hand a task or an answer in, and show that it is being looked at."""
    page = find_page(request.user, Address(course, chapter, lesson))
    if exercise not in page.exercises:
        raise Http404
    row = page.exercises[exercise]
    session = page.session if row.kind == Exercise.Kind.TASK else None
    try:
        submission = submit_exercise(
            by=request.user, exercise=row, lab_session=session, answer=read_answer(request.POST)
        )
    except NotPossible as refusal:
        return _refused(request, page, row, str(refusal))
    return _shown(request, page, submission)


@require_safe
@signed_in
def result(request: SignedInRequest, submission: UUID) -> HttpResponse:
    """Show what came of a submission, or that it is not known yet."""
    rows = Submission.objects.filter(learner=request.user).select_related("exercise").prefetch_related("results")
    row = rows.filter(pk=submission).first()
    if row is None:
        raise Http404
    page = find_page(request.user, Address.of(row.exercise_key))
    return _shown(request, page, row)


def _shown(request: SignedInRequest, page: LessonPage, submission: Submission) -> HttpResponse:
    if not is_htmx(request):
        return redirect(page.address.url("lessons:lesson"))
    exercise = page.exercises.get(submission.exercise_key.rsplit("/", 1)[-1])
    if exercise is None:  # a new revision of the lesson no longer asks this
        raise Http404
    context = {"page": page, "submission": submission, "exercise": exercise}
    if exercise.kind == Exercise.Kind.QUIZ and submission.state == Submission.State.DONE:
        response = render(request, "submissions/_quiz.html", {**context, "block": page.quiz(exercise, submission)})
        response["HX-Retarget"] = f"#exercise-{exercise.slug}"  # the question itself, with what its author says to it
        response["HX-Reswap"] = "outerHTML"
        return response
    return render(request, "submissions/_result.html", context)


def _refused(request: SignedInRequest, page: LessonPage, exercise: Exercise, sentence: str) -> HttpResponse:
    if not is_htmx(request):
        messages.warning(request, sentence)
        return redirect(page.address.url("lessons:lesson"))
    return render(request, "submissions/_refused.html", {"exercise": exercise, "sentence": sentence}, status=409)
