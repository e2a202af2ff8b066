"""Who asks, and whether their token may be used for this."""

from typing import cast

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja.security import HttpBearer

from accounts.models import User
from api.actions import find_token
from api.models import ApiToken
from api.scopes import Scope


class ApiRequest(HttpRequest):
    """A request with a token. Only for type checkers: no request is ever made of this class."""

    auth: ApiToken


class TokenAuth(HttpBearer):
    """`Authorization: Bearer muelle_...`, of a token that has `scope`; any token where that is None."""

    openapi_description = "A token from the page *API tokens*."

    def __init__(self, scope: Scope | None = None) -> None:
        super().__init__()
        self.scope = scope

    def authenticate(self, request: HttpRequest, token: str) -> ApiToken | None:
        """Return the token; None where it opens nothing. Raises PermissionDenied where it lacks the scope."""
        found = find_token(token)
        if found is None:
            return None
        if self.scope is not None and self.scope.value not in found.scopes:
            raise PermissionDenied(
                _("This token may not be used for that: it lacks %(scope)s.") % {"scope": self.scope}
            )
        request.user = found.user
        return found


def user_of(request: HttpRequest) -> User:
    """Return the owner of the request's token."""
    return cast(ApiRequest, request).auth.user
