"""Labs of one's own, and handing in."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Router, Status

from api.answers import responses
from api.auth import TokenAuth, user_of
from api.finding import find_exercise, find_lab, find_session, find_submission
from api.schemas import Limit, Offset, SessionIn, SessionOut, SubmissionIn, SubmissionOut
from api.scopes import Scope
from courses.models import Exercise
from grading.actions import submit_exercise
from grading.models import Submission
from lab_sessions import actions
from lab_sessions.models import LabSession

router = Router(tags=["labs"])
READ, WRITE = TokenAuth(Scope.SESSIONS_READ), TokenAuth(Scope.SESSIONS_WRITE)


@router.get("/lab-sessions", auth=READ, response=responses(200, list[SessionOut]))
def list_sessions(request: HttpRequest, offset: Offset = 0, limit: Limit = 50) -> Any:
    """List one's own labs, the newest first."""
    return LabSession.objects.filter(learner=user_of(request))[offset : offset + limit]


@router.post("/lab-sessions", auth=WRITE, response=responses(201, SessionOut))
def start_session(request: HttpRequest, body: SessionIn) -> Any:
    """Start the lab of a lesson, or get the one that runs already."""
    return Status(201, actions.start_lab_session(by=user_of(request), lab=find_lab(body.lesson)))


@router.get("/lab-sessions/{session}", auth=READ, response=responses(200, SessionOut))
def get_session(request: HttpRequest, session: UUID) -> Any:
    """Show a lab of one's own."""
    return find_session(user_of(request), session)


@router.post("/lab-sessions/{session}/extend", auth=WRITE, response=responses(200, SessionOut))
def extend_session(request: HttpRequest, session: UUID) -> Any:
    """Give a lab more time."""
    actions.extend_lab_session(by=user_of(request), session=find_session(user_of(request), session))
    return find_session(user_of(request), session)


@router.post("/lab-sessions/{session}/reset", auth=WRITE, response=responses(200, SessionOut))
def reset_session(request: HttpRequest, session: UUID) -> Any:
    """Replace the machine of a lab by a fresh one."""
    actions.reset_lab_session(by=user_of(request), session=find_session(user_of(request), session))
    return find_session(user_of(request), session)


@router.delete("/lab-sessions/{session}", auth=WRITE, response=responses(200, SessionOut))
def end_session(request: HttpRequest, session: UUID) -> Any:
    """End a lab."""
    actions.end_lab_session(by=user_of(request), session=find_session(user_of(request), session))
    return find_session(user_of(request), session)


@router.get("/submissions", auth=READ, response=responses(200, list[SubmissionOut]))
def list_submissions(request: HttpRequest, offset: Offset = 0, limit: Limit = 50) -> Any:
    """List what one handed in, the newest first."""
    rows = Submission.objects.visible().filter(learner=user_of(request)).prefetch_related("results")
    return rows[offset : offset + limit]


@router.post("/submissions", auth=WRITE, response=responses(201, SubmissionOut))
def submit(request: HttpRequest, body: SubmissionIn) -> Any:
    """Hand in a task or an answer. A worker judges it: look again until its state is `done`."""
    user, exercise = user_of(request), find_exercise(body.exercise)
    session = None
    if exercise.kind == Exercise.Kind.TASK:
        session = LabSession.objects.live().filter(learner=user, lab_key=exercise.lesson.key).first()
    answer = body.answer.dict(exclude_none=True)
    submission = submit_exercise(by=user, exercise=exercise, lab_session=session, answer=answer)
    return Status(201, find_submission(user, submission.pk))


@router.get("/submissions/{submission}", auth=READ, response=responses(200, SubmissionOut))
def get_submission(request: HttpRequest, submission: UUID) -> Any:
    """Show what came of something that one handed in."""
    return find_submission(user_of(request), submission)
