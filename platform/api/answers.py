"""What comes back when something was not done: one shape, the right status, a sentence."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import NinjaAPI
from ninja.errors import AuthenticationError
from ninja.errors import ValidationError as BadRequest

from api.schemas import Problem
from audit.actions import NotPossible

REFUSALS = {400: Problem, 401: Problem, 403: Problem, 404: Problem, 409: Problem, 422: Problem, 429: Problem}


def responses(status: int, schema: Any) -> dict[int, Any]:
    """Return what an operation may answer: `schema` with `status`, or a refusal."""
    return {status: schema, **REFUSALS}


def install(api: NinjaAPI) -> None:
    """Let `api` answer every refusal of an action as a Problem."""

    def refuse(request: HttpRequest, status: int, detail: str, problems: list[str] | None = None) -> HttpResponse:
        return api.create_response(request, {"detail": detail, "problems": problems or []}, status=status)

    @api.exception_handler(AuthenticationError)
    def no_token(request: HttpRequest, error: AuthenticationError) -> HttpResponse:
        sentence = _("Send a token that is valid: Authorization: Bearer muelle_... Make one on the page of API tokens.")
        response = refuse(request, 401, sentence)
        response["WWW-Authenticate"] = "Bearer"
        return response

    @api.exception_handler(PermissionDenied)
    def denied(request: HttpRequest, error: PermissionDenied) -> HttpResponse:
        return refuse(request, 403, str(error) or _("You may not do that."))

    @api.exception_handler(Http404)
    def not_found(request: HttpRequest, error: Http404) -> HttpResponse:
        return refuse(request, 404, _("There is nothing with this address, or it is not yours to see."))

    @api.exception_handler(NotPossible)
    def not_possible(request: HttpRequest, error: NotPossible) -> HttpResponse:
        return refuse(request, 409, str(error))

    @api.exception_handler(ValidationError)
    def impossible(request: HttpRequest, error: ValidationError) -> HttpResponse:
        return refuse(request, 422, _("This does not fit together."), error.messages)

    @api.exception_handler(BadRequest)
    def bad_request(request: HttpRequest, error: BadRequest) -> HttpResponse:
        problems = [f"{'.'.join(str(part) for part in each['loc'])}: {each['msg']}" for each in error.errors]
        return refuse(request, 422, _("Some fields are not as they should be."), problems)
