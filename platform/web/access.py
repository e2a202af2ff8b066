"""Who may see a page at all, and requests that htmx made."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar, cast
from urllib.parse import urlencode, urlsplit

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import add_never_cache_headers

from accounts.models import User
from accounts.throttling import Ceiling, TooMany, check_ceiling, client_address

P = ParamSpec("P")
View = TypeVar("View", bound=Callable[..., HttpResponseBase])


class SignedInRequest(HttpRequest):
    """A request whose user is known. Only for type checkers: no request is ever made of this class."""

    user: User


def signed_in(
    view: Callable[Concatenate[SignedInRequest, P], HttpResponse],
) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
    """Let only people who are signed in see `view`, and keep what they see out of caches."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if not request.user.is_authenticated:
            return _to_sign_in(request)
        response = view(cast(SignedInRequest, request), *args, **kwargs)
        add_never_cache_headers(response)
        return response

    return cast(Callable[Concatenate[HttpRequest, P], HttpResponse], guarded)


def address_of(request: HttpRequest) -> str:
    """Return who asks, as ceilings per address count it."""
    return client_address(request.META.get("REMOTE_ADDR", ""), request.headers.get("X-Forwarded-For", ""))


def below(ceiling: Ceiling) -> Callable[[View], View]:
    """Refuse what an address sends beyond `ceiling`, with 429 and when to try again. Looking at a page is free."""

    def limited(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if request.method == "POST":
                try:
                    check_ceiling(ceiling, address_of(request))
                except TooMany as refusal:
                    return too_many(request, refusal)
            return view(request, *args, **kwargs)

        return cast(View, guarded)

    return limited


def too_many(request: HttpRequest, refusal: TooMany) -> HttpResponse:
    """Say that this was too much, and when to try again."""
    response = render(request, "errors/429.html", {"sentence": str(refusal)}, status=429)
    response["Retry-After"] = str(refusal.seconds)
    return response


def is_htmx(request: HttpRequest) -> bool:
    """Return whether a part of a page asks, and not a whole page."""
    return request.headers.get("HX-Request") == "true"


def _to_sign_in(request: HttpRequest) -> HttpResponse:
    """Send a person to the sign-in page, and afterwards back to the page they were on."""
    if not is_htmx(request):
        return redirect(f"{reverse('accounts:sign_in')}?{urlencode({'next': request.get_full_path()})}")
    page = urlsplit(request.headers.get("HX-Current-URL", "")).path or "/"
    response = HttpResponse(status=401)
    response["HX-Redirect"] = f"{reverse('accounts:sign_in')}?{urlencode({'next': page})}"
    return response
