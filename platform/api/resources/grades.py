"""Grades of a class."""

from typing import Any

from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Router, Status

from accounts.models import User
from api.answers import responses
from api.auth import TokenAuth, user_of
from api.finding import find_cohort, find_exercise
from api.schemas import Id, LearnerGradesOut, OverrideIn, OverrideOut
from api.scopes import Scope
from gradebook import actions
from gradebook.models import GradeOverride
from gradebook.queries import GradeBook, grade_book

router = Router(tags=["grades"])
READ, WRITE = TokenAuth(Scope.GRADES_READ), TokenAuth(Scope.GRADES_WRITE)


@router.get("/cohorts/{cohort}/grades", auth=READ, response=responses(200, list[LearnerGradesOut]))
def list_grades(request: HttpRequest, cohort: Id) -> Any:
    """List what each learner of a class has."""
    return _plain(grade_book(find_cohort(user_of(request), cohort)))


@router.get("/cohorts/{cohort}/grades/{learner}", auth=READ, response=responses(200, LearnerGradesOut))
def get_grades(request: HttpRequest, cohort: Id, learner: Id) -> Any:
    """Show what one learner of a class has."""
    found = _plain(grade_book(find_cohort(user_of(request), cohort), learner_id=learner))
    if not found:
        raise Http404
    return found[0]


@router.post("/cohorts/{cohort}/grades/{learner}/overrides", auth=WRITE, response=responses(201, OverrideOut))
def override_grade(request: HttpRequest, cohort: Id, learner: Id, body: OverrideIn) -> Any:
    """Give points by hand, in the place of what was earned."""
    row = find_cohort(user_of(request), cohort)
    return Status(
        201,
        actions.override_grade(
            by=user_of(request),
            cohort=row,
            learner=get_object_or_404(User, pk=learner, enrolments__cohort=row),
            exercise=find_exercise(body.exercise),
            points=body.points,
            reason=body.reason,
        ),
    )


@router.delete("/cohorts/{cohort}/overrides/{override}", auth=WRITE, response=responses(204, None))
def withdraw_override(request: HttpRequest, cohort: Id, override: Id) -> Any:
    """Let what was earned count again."""
    row = get_object_or_404(GradeOverride, pk=override, cohort=find_cohort(user_of(request), cohort))
    actions.withdraw_override(by=user_of(request), override=row)
    return Status(204, None)


def _plain(book: GradeBook) -> list[dict[str, Any]]:
    keys = [column.lesson.key for column in book.columns]
    return [
        {
            "learner": row.learner,
            "total": row.total,
            "lessons": dict(zip(keys, row.lessons, strict=True)),
            "exercises": row.exercises,
        }
        for row in book.rows
    ]
