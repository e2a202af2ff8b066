"""What django-allauth asks us: who may have an account, and what becomes of secrets."""

import base64
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from cryptography.fernet import Fernet
from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from accounts.models import User


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Accounts are made by instructors and admins, not by whoever comes along."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "incorrect_password": _("The password is not right."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False


class SocialAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]
    """People whom the other server vouches for."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        return bool(settings.MUELLE_OIDC_SIGN_UP)

    def get_connect_redirect_url(self, request: HttpRequest, socialaccount: Any) -> str:
        return reverse("accounts:mine")


class SecondFactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """Codes of an authenticator app."""

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": _("The code is not right, or it was used already. Wait for the next one."),
    }

    def is_mfa_enabled(self, user: Any, types: Any = None) -> bool:
        """Whether to ask for a code: never while the setting is off, so that an admin can always let people in."""
        return settings.MUELLE_TOTP and bool(super().is_mfa_enabled(user, types))

    def get_totp_label(self, user: User) -> str:
        return user.username

    def encrypt(self, text: str) -> str:
        """Keep a secret from whoever has the database and not the site's key."""
        return _fernet().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return _fernet().decrypt(encrypted_text.encode()).decode()


def _fernet() -> Fernet:
    key = salted_hmac("web.allauth", "second factor", algorithm="sha256").digest()
    return Fernet(base64.urlsafe_b64encode(key))
