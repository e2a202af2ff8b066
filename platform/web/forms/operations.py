"""What an admin sends."""

from datetime import datetime, time, timedelta
from typing import Any

from django import forms
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.actions import Role
from lab_sessions.seats import MOST_LEARNERS
from operations.audit_words import DEEDS

ROLES = [
    (Role.LEARNER.value, _("Learner")),
    (Role.INSTRUCTOR.value, _("Instructor")),
    (Role.ADMIN.value, _("Admin")),
]


class _Form(forms.Form):
    """Fields in the site's own dress."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.label_suffix = ""
        for field in self.fields.values():
            field.widget.attrs["class"] = "input"


class DrainForm(_Form):
    """Why nothing starts."""

    sentence = forms.CharField(
        label=_("What learners read when they press start"), max_length=300, required=False, strip=True
    )


class PeopleForm(_Form):
    """Whom to look for."""

    words = forms.CharField(label=_("Name or address"), max_length=100, required=False)
    role = forms.ChoiceField(label=_("Role"), choices=[("", _("All")), *ROLES], required=False)


class AccountForm(_Form):
    """A new account; its password is drawn."""

    username = forms.CharField(label=_("User name"), max_length=150, validators=[UnicodeUsernameValidator()])
    first_name = forms.CharField(label=_("First name"), max_length=150, required=False)
    role = forms.ChoiceField(label=_("Role"), choices=ROLES)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["username"].widget.attrs.update(autocomplete="off", spellcheck="false", autocapitalize="none")


class RoleForm(_Form):
    """What somebody is from now on."""

    role = forms.ChoiceField(label=_("Role"), choices=ROLES)


class AuditForm(_Form):
    """Which entries to show. What makes no sense finds nothing wrong, and is said beside its field."""

    actor = forms.CharField(label=_("Who (user name)"), max_length=150, required=False)
    action = forms.ChoiceField(label=_("What"), required=False)
    kind = forms.ChoiceField(label=_("To what"), required=False)
    subject = forms.CharField(label=_("Its number"), max_length=64, required=False)
    first = forms.DateField(label=_("From"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    last = forms.DateField(label=_("Until"), required=False, widget=forms.DateInput(attrs={"type": "date"}))

    def __init__(self, *args: Any, actions: list[str], kinds: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        deeds = sorted(((value, str(DEEDS.get(value, value))) for value in actions), key=lambda pair: pair[1])
        for name, choices in (("action", deeds), ("kind", [(value, value) for value in kinds])):
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)  # noqa: S101  # declared above
            field.choices = [("", _("All")), *choices]

    @property
    def begin(self) -> datetime | None:
        """The moment from which on."""
        day = self.cleaned_data.get("first")
        return timezone.make_aware(datetime.combine(day, time.min)) if day else None

    @property
    def end(self) -> datetime | None:
        """The moment before which; the last day counts whole."""
        day = self.cleaned_data.get("last")
        return timezone.make_aware(datetime.combine(day + timedelta(days=1), time.min)) if day else None


class SeatsForm(_Form):
    """A lesson and a number of learners."""

    lesson = forms.ChoiceField(label=_("Lesson"))
    learners = forms.IntegerField(label=_("Learners"), min_value=1, max_value=MOST_LEARNERS)

    def __init__(self, *args: Any, lessons: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["lesson"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101  # declared above
        field.choices = lessons
