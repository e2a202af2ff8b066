"""Who is in a class, and as what."""

from typing import Any

from django.http import Http404, HttpRequest
from ninja import Router, Status

from accounts.models import User
from api.answers import responses
from api.auth import TokenAuth, user_of
from api.finding import find_cohort, find_enrolment
from api.schemas import EnrolmentIn, EnrolmentOut, Id, Limit, MoveIn, Offset, RoleIn
from api.scopes import Scope
from cohorts import actions
from cohorts.models import Role

router = Router(tags=["classes"])
READ, WRITE = TokenAuth(Scope.COHORTS_READ), TokenAuth(Scope.COHORTS_WRITE)


@router.get("/cohorts/{cohort}/enrolments", auth=READ, response=responses(200, list[EnrolmentOut]))
def list_enrolments(request: HttpRequest, cohort: Id, offset: Offset = 0, limit: Limit = 50) -> Any:
    """List the people of a class."""
    people = find_cohort(user_of(request), cohort).enrolments.select_related("user").order_by("pk")
    return people[offset : offset + limit]


@router.post("/cohorts/{cohort}/enrolments", auth=WRITE, response=responses(201, EnrolmentOut))
def enrol(request: HttpRequest, cohort: Id, body: EnrolmentIn) -> Any:
    """Put somebody who has an account into a class."""
    row = find_cohort(user_of(request), cohort)
    user = User.objects.filter(username=body.username).first()
    if user is None:
        raise Http404
    return Status(201, actions.enrol(by=user_of(request), cohort=row, user=user, role=Role(body.role)))


@router.patch("/enrolments/{enrolment}", auth=WRITE, response=responses(200, EnrolmentOut))
def set_role(request: HttpRequest, enrolment: Id, body: RoleIn) -> Any:
    """Change what somebody is in a class."""
    actions.set_role(by=user_of(request), enrolment=find_enrolment(user_of(request), enrolment), role=Role(body.role))
    return find_enrolment(user_of(request), enrolment)


@router.post("/enrolments/{enrolment}/move", auth=WRITE, response=responses(200, EnrolmentOut))
def move_learner(request: HttpRequest, enrolment: Id, body: MoveIn) -> Any:
    """Move a learner to another class."""
    row = find_enrolment(user_of(request), enrolment)
    return actions.move_learner(by=user_of(request), enrolment=row, to=find_cohort(user_of(request), body.to))


@router.delete("/enrolments/{enrolment}", auth=WRITE, response=responses(204, None))
def remove_from_cohort(request: HttpRequest, enrolment: Id) -> Any:
    """Take somebody out of a class; their work stays theirs."""
    actions.remove_from_cohort(by=user_of(request), enrolment=find_enrolment(user_of(request), enrolment))
    return Status(204, None)
