"""Oneself."""

from typing import Any, cast

from django.http import HttpRequest
from ninja import Router

from api.answers import responses
from api.auth import ApiRequest, TokenAuth, user_of
from api.schemas import MeOut

router = Router(tags=["people"])


@router.get("/me", auth=TokenAuth(), response=responses(200, MeOut))
def me(request: HttpRequest) -> Any:
    """Say whose token this is, and what it may be used for."""
    user = user_of(request)
    return {
        "id": user.pk,
        "username": user.username,
        "name": user.get_full_name(),
        "is_instructor": user.is_staff,
        "is_admin": user.is_superuser,
        "scopes": cast(ApiRequest, request).auth.scopes,
    }
