"""Tells the log who is being served: the route, the lab session of the address, and the number of the account."""

from collections.abc import Callable
from typing import Any

from django.contrib.auth import SESSION_KEY
from django.http import HttpRequest, HttpResponse

from audit.context import note


class NoteActing:
    """Middleware. Asks the database nothing: the account is noted where a page looked for it anyway."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self._get_response(request)
        if request.session.accessed:
            note(user=request.session.get(SESSION_KEY, ""))
        return response

    def process_view(self, request: HttpRequest, _view: object, _args: object, kwargs: dict[str, Any]) -> None:
        """Note what the address says, before the view runs and logs."""
        route = request.resolver_match.route if request.resolver_match else ""
        note(route=route or "/", session=kwargs.get("session", ""))
        if request.session.accessed:
            note(user=request.session.get(SESSION_KEY, ""))
