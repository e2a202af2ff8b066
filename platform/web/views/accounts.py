"""Signing in and out, and what a person prefers."""

import json
from typing import Any

from django.contrib import messages
from django.contrib.auth.views import LoginView, LogoutView
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import redirect, resolve_url
from django.urls import reverse
from django.utils import translation
from django.utils.decorators import method_decorator
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.actions import set_preferences
from accounts.models import User
from accounts.throttling import SIGN_INS
from web.access import below, is_htmx
from web.changing import BY_PASSWORD, BY_PIN
from web.forms.accounts import MAX_TYPED, ClassSignInForm, PreferencesForm, SignInForm
from web.preferences import DARK_MEDIA, remember
from web.signing_in import enter, school_name


@method_decorator(below(SIGN_INS), name="dispatch")
class SignIn(LoginView):
    """Sign in by user name. The language and theme of the person come along."""

    template_name = "accounts/sign_in.html"
    authentication_form: Any = SignInForm
    redirect_authenticated_user = True
    way = BY_PASSWORD

    def form_valid(self, form: Any) -> HttpResponse:
        user = form.get_user()
        assert isinstance(user, User)  # noqa: S101  # the only user model of this site
        with transaction.atomic():  # one write instead of three: a class that comes at 8:00 queues for them on SQLite
            form.forgive()
            return enter(self.request, user, way=self.way, target=self.get_success_url())

    def form_invalid(self, form: Any) -> HttpResponse:
        response = super().form_invalid(form)
        if form.refusal:
            response.status_code = 429
            response["Retry-After"] = str(form.refusal.seconds)
        return response

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(way=self.way, school=school_name(), **kwargs)
        context["onwards"] = f"?{urlencode({'next': context['next']})}" if context["next"] else ""
        context["joins"] = context["next"].startswith(reverse("cohorts:enter_code"))
        return context


class SignInWithPin(SignIn):
    """Sign in by class code and PIN, from a slip. Its QR code leads here with the class code, never with the PIN."""

    template_name = "accounts/sign_in_class.html"
    authentication_form = ClassSignInForm
    way = BY_PIN

    def get_initial(self) -> dict[str, Any]:
        return {"code": self.request.GET.get("code", "")[:MAX_TYPED]}

    def form_valid(self, form: Any) -> HttpResponse:
        response = super().form_valid(form)
        user = form.get_user()
        # A PIN that belongs to somebody else is noticed by its owner's name, and only by that.
        with translation.override(user.language or translation.get_language()):
            messages.success(self.request, _("You are signed in as %(name)s.") % {"name": user})
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
