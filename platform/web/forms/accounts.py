"""Signing in, new passwords, and what a person prefers."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth.forms import AuthenticationForm, PasswordChangeForm, SetPasswordForm
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.throttling import Counter, TooMany, clear, give_back, spend
from cohorts.codes import clean_code
from cohorts.credentials import clean_pin, find_by_pin
from web.signing_in import counters_of_account, counters_of_class

MAX_TYPED = 40  # characters of a class code or a PIN, with whatever spaces people put in


def _dress(form: forms.BaseForm) -> None:
    """Give fields the look of the site, and names none of what keyboards of phones do to words."""
    for field in form.fields.values():
        field.widget.attrs["class"] = "input"
        if not isinstance(field.widget, forms.PasswordInput):
            field.widget.attrs.update(spellcheck="false", autocorrect="off")


class _Counted:
    """A form whose secret is counted before it is looked at. `refusal` says that it was not looked at."""

    refusal: TooMany | None = None
    counters: tuple[Counter, ...] = ()

    def _count(self, counters: tuple[Counter, ...]) -> None:
        try:
            spend(*counters)
        except TooMany as refusal:
            self.refusal = refusal
            raise ValidationError(str(refusal), code="too_many") from refusal
        self.counters = counters


class SignInForm(_Counted, AuthenticationForm):
    """User name and password."""

    error_messages = {
        "invalid_login": _("User name or password is not right. Upper and lower case matter."),
        "inactive": _("Your account is disabled. Ask your instructor."),
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["username"].label = _("User name")
        self.fields["password"].label = _("Password")
        _dress(self)

    def clean(self) -> dict[str, Any]:
        """Look whether the two belong together."""
        assert isinstance(self.request, HttpRequest)  # noqa: S101  # the view gives it
        self._count(counters_of_account(self.request, self.cleaned_data.get("username", "")))
        cleaned: dict[str, Any] = super().clean()
        return cleaned

    def forgive(self) -> None:
        """Forget the tries: the secret was right. For valid forms, in the transaction that signs in."""
        clear(*self.counters)


class ClassSignInForm(_Counted, forms.Form):
    """Class code and PIN, as they stand on a learner's slip."""

    code = forms.CharField(label=_("Class code"), max_length=MAX_TYPED)
    pin = forms.CharField(label=_("PIN"), max_length=MAX_TYPED, widget=forms.PasswordInput)

    def __init__(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.request = request
        self.user: User | None = None
        _dress(self)
        self.fields["code"].widget.attrs.update(autocapitalize="characters", autocomplete="username")
        self.fields["pin"].widget.attrs.update(inputmode="numeric", autocomplete="current-password")
        # Who scanned the code of their slip has one thing left to type.
        self.fields["pin" if self.initial.get("code") else "code"].widget.attrs["autofocus"] = True

    def clean(self) -> dict[str, Any]:
        """Look whom the two name."""
        cleaned = super().clean() or {}
        if not (cleaned.get("code") and cleaned.get("pin")):
            return cleaned
        # Of what has no letter and no digit nothing is left, which is no class's code.
        code, pin = clean_code(cleaned["code"]), clean_pin(cleaned["pin"])
        self._count(counters_of_class(self.request, code))
        enrolment = find_by_pin(code, pin)
        if enrolment is None:
            raise ValidationError(_("Class code or PIN is not right. Both are on your slip; the PIN has six digits."))
        self.user = enrolment.user
        return cleaned

    def forgive(self) -> None:
        """Uncount this try: the secret was right. For valid forms, in the transaction that signs in."""
        give_back(*self.counters)

    def get_user(self) -> User:
        """Return who this is. Only for valid forms."""
        assert self.user is not None  # noqa: S101  # the form is valid
        return self.user


class NewPasswordForm(SetPasswordForm):  # type: ignore[type-arg]  # generic for type checkers only
    """A new password, twice, for who has none or one that somebody else drew."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["new_password1"].label = _("New password")
        self.fields["new_password1"].help_text = _("At least 8 characters. Three words in a row are easy to remember.")
        self.fields["new_password2"].label = _("New password once more")
        self.fields["new_password2"].help_text = ""
        _dress(self)


class ChangePasswordForm(_Counted, NewPasswordForm, PasswordChangeForm):
    """The same, with the old password as a proof, which is counted like one at sign-in."""

    def __init__(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        self.request = request
        super().__init__(*args, **kwargs)
        self.fields["old_password"].label = _("Password until now")

    def clean_old_password(self) -> str:
        """Look whether it is right."""
        counters = counters_of_account(self.request, self.user.username)
        self._count(counters)
        old: str = super().clean_old_password()
        clear(*counters)
        return old


class PreferencesForm(forms.Form):
    """Language, theme, or both."""

    language = forms.ChoiceField(choices=settings.LANGUAGES, required=False)
    theme = forms.ChoiceField(choices=User.Theme.choices, required=False)
