"""Classes."""

from typing import Any

from django.http import HttpRequest
from ninja import Router, Status

from api.answers import responses
from api.auth import TokenAuth, user_of
from api.finding import find_cohort, find_courses
from api.schemas import (
    CohortChange,
    CohortIn,
    CohortOut,
    EnrolmentOut,
    Id,
    JoinIn,
    LessonRuleIn,
    LessonRuleOut,
    Limit,
    Offset,
)
from api.scopes import Scope
from cohorts import actions
from cohorts.codes import clean_code
from cohorts.models import Cohort, LessonRule

router = Router(tags=["classes"])
READ, WRITE = TokenAuth(Scope.COHORTS_READ), TokenAuth(Scope.COHORTS_WRITE)


@router.get("/cohorts", auth=READ, response=responses(200, list[CohortOut]))
def list_cohorts(request: HttpRequest, offset: Offset = 0, limit: Limit = 50) -> Any:
    """List the classes that one teaches or assists in; for an admin all."""
    return Cohort.objects.seen_by(user_of(request)).prefetch_related("courses")[offset : offset + limit]


@router.post("/cohorts", auth=WRITE, response=responses(201, CohortOut))
def create_cohort(request: HttpRequest, body: CohortIn) -> Any:
    """Create a class, whose instructor one becomes."""
    values = body.dict()
    courses = find_courses(values.pop("courses"))
    return Status(201, actions.create_cohort(by=user_of(request), courses=courses, **values))


@router.get("/cohorts/{cohort}", auth=READ, response=responses(200, CohortOut))
def get_cohort(request: HttpRequest, cohort: Id) -> Any:
    """Show a class."""
    return find_cohort(user_of(request), cohort)


@router.patch("/cohorts/{cohort}", auth=WRITE, response=responses(200, CohortOut))
def change_cohort(request: HttpRequest, cohort: Id, body: CohortChange) -> Any:
    """Change what is sent of a class; the rest stays."""
    row = find_cohort(user_of(request), cohort)
    values = body.dict(exclude_unset=True)
    courses = find_courses(values.pop("courses")) if "courses" in values else None
    actions.change_cohort(by=user_of(request), cohort=row, courses=courses, **values)
    return find_cohort(user_of(request), cohort)


@router.post("/cohorts/{cohort}/archive", auth=WRITE, response=responses(200, CohortOut))
def archive_cohort(request: HttpRequest, cohort: Id) -> Any:
    """Put a class away."""
    actions.archive_cohort(by=user_of(request), cohort=find_cohort(user_of(request), cohort))
    return find_cohort(user_of(request), cohort)


@router.post("/cohorts/{cohort}/reopen", auth=WRITE, response=responses(200, CohortOut))
def reopen_cohort(request: HttpRequest, cohort: Id) -> Any:
    """Take a class out of the archive."""
    actions.reopen_cohort(by=user_of(request), cohort=find_cohort(user_of(request), cohort))
    return find_cohort(user_of(request), cohort)


@router.post("/join", auth=WRITE, response=responses(200, EnrolmentOut))
def join_cohort(request: HttpRequest, body: JoinIn) -> Any:
    """Join a class as a learner, with its code."""
    return actions.join_cohort(by=user_of(request), code=clean_code(body.code))


@router.get("/cohorts/{cohort}/lessons", auth=READ, response=responses(200, list[LessonRuleOut]))
def list_lesson_rules(request: HttpRequest, cohort: Id) -> Any:
    """List what was decided about lessons of a class; a lesson that is not listed is open."""
    return LessonRule.objects.filter(cohort=find_cohort(user_of(request), cohort)).order_by("lesson_key")


@router.put("/cohorts/{cohort}/lessons", auth=WRITE, response=responses(200, LessonRuleOut))
def set_lesson_rule(request: HttpRequest, cohort: Id, body: LessonRuleIn) -> Any:
    """Open, shut or date a lesson."""
    rule = body.dict()
    return actions.set_lesson_rule(
        by=user_of(request), cohort=find_cohort(user_of(request), cohort), lesson_key=rule.pop("lesson"), rule=rule
    )
