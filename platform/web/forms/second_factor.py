"""Codes of an authenticator app, and the password once more before something that matters. All of them are counted."""

from typing import Any

from allauth.account.forms import ReauthenticateForm
from allauth.mfa.base import forms as codes
from allauth.mfa.totp.forms import ActivateTOTPForm
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.throttling import ACCOUNT, SECOND_FACTOR, Counter, Limit, TooMany, clear, spend


def _spend(user: User, limit: Limit) -> Counter:
    counter = Counter(limit, user.username)
    try:
        spend(counter)
    except TooMany as refusal:
        raise ValidationError(str(refusal), code="too_many") from refusal
    return counter


class _Code(forms.Form):
    user: User

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["code"]
        field.label = _("Code")
        field.widget.attrs.update({"class": "input", "inputmode": "numeric", "autofocus": True})
        field.widget.attrs.pop("placeholder", None)

    def clean_code(self) -> str:
        """Look whether the code is right, and count it."""
        counter = _spend(self.user, SECOND_FACTOR)
        code: str = super().clean_code()  # type: ignore[misc]
        clear(counter)
        return code


class CodeForm(_Code, codes.AuthenticateForm):  # type: ignore[misc]
    """After the password. Recovery codes have letters nowhere, so the keyboard of numbers does for them too."""


class CodeAgainForm(_Code, codes.ReauthenticateForm):  # type: ignore[misc]
    """Before something that matters."""


class ActivateForm(_Code, ActivateTOTPForm):  # type: ignore[misc]
    """The first code, which proves that the app has the secret."""


class PasswordAgainForm(ReauthenticateForm):  # type: ignore[misc]
    """Before something that matters."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["password"]
        field.label, field.help_text = _("Password"), ""
        field.widget.attrs.update({"class": "input", "autofocus": True})
        field.widget.attrs.pop("placeholder", None)

    def clean_password(self) -> str:
        """Look whether it is right, and count it."""
        counter = _spend(self.user, ACCOUNT)
        password: str = super().clean_password()
        clear(counter)
        return password
