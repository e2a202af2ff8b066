"""The few pages of django-allauth that this site has, under the names by which it looks for them.

Everything else of it (signing up, e-mail addresses, passwords by e-mail) has no address here.
"""

from allauth.account.views import reauthenticate as password_again
from allauth.mfa.base import views as codes
from allauth.mfa.recovery_codes import views as recovery_codes
from allauth.mfa.totp import views as totp
from allauth.socialaccount import views as social
from django.conf import settings
from django.urls import URLPattern, path
from django.views.generic import RedirectView, TemplateView

from accounts.throttling import SIGN_INS
from web.access import below
from web.views import school

_PROVIDER = {"provider_id": settings.OIDC_PROVIDER_ID}  # allauth looks for the addresses with it, they are without
_FACTOR = "account/second-factor/"

common: list[URLPattern] = [
    path(
        "sign-in/start/",
        RedirectView.as_view(pattern_name="accounts:sign_in", query_string=True),
        name="account_login",
    ),
    path(
        "sign-in/disabled/",
        TemplateView.as_view(template_name="account/account_inactive.html"),
        name="account_inactive",
    ),
    path("account/confirm/", password_again, name="account_reauthenticate"),
]
second_factor: list[URLPattern] = [
    path("sign-in/code/", below(SIGN_INS)(codes.authenticate), name="mfa_authenticate"),
    path(_FACTOR, codes.index, name="mfa_index"),
    path(f"{_FACTOR}confirm/", codes.reauthenticate, name="mfa_reauthenticate"),
    path(f"{_FACTOR}on/", totp.activate_totp, name="mfa_activate_totp"),
    path(f"{_FACTOR}off/", totp.deactivate_totp, name="mfa_deactivate_totp"),
    path(f"{_FACTOR}codes/", recovery_codes.view_recovery_codes, name="mfa_view_recovery_codes"),
    path(f"{_FACTOR}codes/new/", recovery_codes.generate_recovery_codes, name="mfa_generate_recovery_codes"),
]
openid_connect: list[URLPattern] = [
    path("sign-in/school/", below(SIGN_INS)(school.begin), _PROVIDER, name="openid_connect_login"),
    path("sign-in/school/back/", school.back, _PROVIDER, name="openid_connect_callback"),
    path("sign-in/school/cancelled/", social.login_cancelled, name="socialaccount_login_cancelled"),
    path("account/connections/", RedirectView.as_view(pattern_name="accounts:mine"), name="socialaccount_connections"),
]
