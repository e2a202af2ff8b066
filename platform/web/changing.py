"""Who signed in with a password that somebody else drew chooses an own one first."""

from collections.abc import Callable
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from accounts.models import User
from web.access import is_htmx

WAY: Final = "signed_in_by"  # the key in the session
BY_PASSWORD: Final = "password"  # noqa: S105  # a word, and nobody's password
BY_PIN: Final = "pin"
_ALLOWED: Final = frozenset({"accounts:password", "accounts:sign_out", "accounts:preferences", "healthz"})


class MustChangePassword:
    """Lead to the page for a new password, whatever was asked for. PINs are nobody's to change, so they pass."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self._get_response(request)

    def process_view(self, request: HttpRequest, *_view: Any) -> HttpResponse | None:
        """Send the person to the page; None where they may go on."""
        match = request.resolver_match
        if match is None or match.view_name in _ALLOWED or not isinstance(request.user, User):
            return None
        if not request.user.must_change_password or request.session.get(WAY) == BY_PIN:
            return None
        page = reverse("accounts:password")
        if is_htmx(request):
            response = HttpResponse(status=401)
            response["HX-Redirect"] = page
            return response
        return redirect(page)
