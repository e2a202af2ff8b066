"""A person's own account, new passwords, and the slips of a class."""

from typing import Any

from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import User
from accounts.throttling import CLASS, Counter, is_guessed
from cohorts.credentials import can_reset, change_password, draw_pins, reset_password
from cohorts.models import Cohort
from web.access import SignedInRequest, signed_in
from web.changing import BY_PIN, WAY
from web.cohort_page import find_cohort
from web.forms.accounts import ChangePasswordForm, NewPasswordForm
from web.qr import qr_of
from web.signing_in import school_name

LOCAL_NAMES = frozenset({"localhost", "127.0.0.1", "[::1]"})


@require_safe
@signed_in
def account(request: SignedInRequest) -> HttpResponse:
    """Show what a person signs in with, and where they change it."""
    facts = {
        "by_pin": request.session.get(WAY) == BY_PIN,
        "totp": settings.MUELLE_TOTP,
        "school": school_name(),
        "connected": SocialAccount.objects.filter(user=request.user).exists(),
    }
    return render(request, "accounts/account.html", facts)


@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def password(request: SignedInRequest) -> HttpResponse:
    """Choose a new password. Who signed in with one that somebody drew has just typed it and is not asked again."""
    form = _password_form(request)
    if request.method != "POST" or not form.is_valid():
        refusal = getattr(form, "refusal", None)
        response = render(request, "accounts/password.html", {"form": form}, status=429 if refusal else 200)
        if refusal:
            response["Retry-After"] = str(refusal.seconds)
        return response
    change_password(by=request.user, password=form.cleaned_data["new_password1"])
    update_session_auth_hash(request, request.user)
    messages.success(request, _("Your new password is valid from now on. On other devices you are signed out."))
    return redirect("accounts:mine")


def _password_form(request: SignedInRequest) -> NewPasswordForm:
    data = request.POST if request.method == "POST" else None
    if request.user.must_change_password or not request.user.has_usable_password():
        return NewPasswordForm(request.user, data)
    return ChangePasswordForm(request, request.user, data)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def reset(request: SignedInRequest, person: int) -> HttpResponse:
    """Draw a password for somebody and show it once. People whose password is none of one's business do not exist."""
    found = User.objects.filter(pk=person).first()
    if found is None or not can_reset(request.user, found):
        raise Http404
    drawn = ""
    if request.method == "POST":
        drawn = reset_password(by=request.user, person=found, second_factor_too="second_factor" in request.POST)
    factor = request.user.is_superuser and Authenticator.objects.filter(user=found).exists()
    return render(request, "accounts/reset_password.html", {"person": found, "drawn": drawn, "factor": factor})


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def slips(request: SignedInRequest, cohort: int) -> HttpResponse:
    """Choose learners of a class; draw PINs for them and show those once, for printing."""
    page = find_cohort(request.user, cohort)
    if not page.runs:
        raise Http404
    row = page.cohort
    learners = row.enrolments.learners()
    if request.method != "POST":
        guessed = is_guessed(Counter(CLASS, row.join_code))
        return render(
            request, "accounts/slips.html", page.context("accounts:slips", learners=learners, guessed=guessed)
        )
    chosen = learners.filter(pk__in=[text for text in request.POST.getlist("learner") if text.isdecimal()])
    drawn = draw_pins(by=request.user, cohort=row, enrolments=chosen)
    if not drawn:
        messages.warning(request, _("Choose at least one learner."))
        return redirect("accounts:slips", cohort=row.pk)
    return render(request, "accounts/printed_slips.html", {"cohort": row, "slips": drawn, **_way_in(request, row)})


def _way_in(request: HttpRequest, cohort: Cohort) -> dict[str, Any]:
    """Return where learners sign in: under the address by which this page was asked for."""
    path = f"{reverse('accounts:sign_in_class')}?{urlencode({'code': cohort.join_code})}"
    host = request.get_host()
    return {
        "address": host,
        "qr": qr_of(request.build_absolute_uri(path)),
        "only_here": host.rsplit(":", 1)[0] in LOCAL_NAMES,
    }
