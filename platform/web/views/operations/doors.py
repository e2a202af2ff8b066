"""Who may enter: admins. Everybody else who is signed in is told so, whatever the address below."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.http import HttpRequest, HttpResponse

from accounts.permissions import check_admin
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
