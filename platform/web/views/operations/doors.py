"""Who may enter: admins. Everybody else who is signed in is told so, whatever the address below."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.contrib import messages
from django.http import HttpRequest, HttpResponse

from accounts.permissions import check_admin
from lab_sessions.actions import NotPossible as LabNotPossible
from operations.actions import NotPossible
from web.access import SignedInRequest, signed_in

P = ParamSpec("P")


def admins_only(
    view: Callable[Concatenate[SignedInRequest, P], HttpResponse],
) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
    """Let only admins see `view`; others get 403 with a sentence, strangers are sent to sign-in."""

    def checked(request: SignedInRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        check_admin(request.user)
        return view(request, *args, **kwargs)

    return wraps(view)(signed_in(checked))


def attempt(request: HttpRequest, action: Callable[[], Any], done: str = "") -> bool:
    """Do something; say `done` on the next page, or why it was not possible. Return whether it was."""
    try:
        action()
    except (NotPossible, LabNotPossible) as refusal:
        messages.warning(request, str(refusal))
        return False
    if done:
        messages.success(request, done)
    return True
