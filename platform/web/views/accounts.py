"""Signing in and out, and what a person prefers."""

import json

from django.contrib.auth.views import LoginView, LogoutView
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import redirect, resolve_url
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from accounts.actions import set_preferences
from accounts.models import User
from web.access import is_htmx
from web.forms.accounts import PreferencesForm, SignInForm
from web.preferences import DARK_MEDIA, remember


class SignIn(LoginView):
    """Sign in by user name. The language and theme of the person come along."""

    template_name = "accounts/sign_in.html"
    authentication_form = SignInForm
    redirect_authenticated_user = True

    def form_valid(self, form: SignInForm) -> HttpResponse:  # type: ignore[override]
        response = super().form_valid(form)
        user = form.get_user()
        assert isinstance(user, User)  # noqa: S101  # the only user model of this site
        remember(response, language=user.language, theme="" if user.theme == User.Theme.SYSTEM else user.theme)
        return response


class SignOut(LogoutView):
    """Sign out. By POST only, so that no link or picture of another site can do it."""


@require_POST
def preferences(request: HttpRequest) -> HttpResponse:
    """Keep a language or a theme, and show the page again in it."""
    form = PreferencesForm(request.POST)
    if not form.is_valid():
        return HttpResponseBadRequest()
    chosen = form.cleaned_data
    if isinstance(request.user, User):
        set_preferences(by=request.user, **chosen)
    response = _theme_only(chosen["theme"]) if is_htmx(request) else redirect(_next_page(request))
    remember(response, **chosen)
    return response


def _theme_only(theme: str) -> HttpResponse:
    """A page that can change its theme in place need not be loaded again, and keeps its terminals."""
    response = HttpResponse(status=204)
    response["HX-Trigger"] = json.dumps({"muelle:theme": {"theme": theme, "media": DARK_MEDIA[User.Theme(theme)]}})
    return response


def _next_page(request: HttpRequest) -> str:
    wanted = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    return wanted if safe else resolve_url("courses:home")
