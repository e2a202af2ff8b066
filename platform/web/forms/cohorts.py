"""What instructors decide about a cohort, its people and its lessons."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from cohorts.models import Cohort, LessonRule, Role
from cohorts.roster import MAX_BYTES, UnreadableRoster, decode
from courses.models import Course
from web.kinds import KINDS

# How long a class code may let people in by itself.
JOIN_SPANS = [("1", _("one hour")), ("8", _("eight hours")), ("168", _("one week")), ("672", _("four weeks"))]


class DateInput(forms.DateInput):
    """The browser's own calendar, which wants ISO dates."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d", attrs={"class": "input"})


class MomentInput(forms.DateTimeInput):
    """The browser's own calendar and clock, likewise; in the server's time zone."""

    input_type = "datetime-local"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%dT%H:%M", attrs={"class": "input"})


class CourseChoices(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]
    """Courses by their titles."""

    def label_from_instance(self, obj: Any) -> str:
        return obj.current.title if obj.current else str(obj.slug)


def _courses(label: Any) -> CourseChoices:
    shown = Course.objects.filter(current__isnull=False).select_related("current").order_by("slug")
    return CourseChoices(shown, label=label, required=False, widget=forms.CheckboxSelectMultiple)


class CohortForm(forms.ModelForm):  # type: ignore[type-arg]
    """A new cohort: what is needed to begin."""

    courses = _courses(_("Courses"))

    class Meta:
        model = Cohort
        fields = ("name", "courses", "starts_on", "ends_on")
        labels = {"name": _("Name"), "starts_on": _("First day"), "ends_on": _("Last day")}
        help_texts = {"name": _("As people call it, such as 1º DAM B.")}
        widgets = {
            "name": forms.TextInput(attrs={"class": "input"}),
            "starts_on": DateInput(),
            "ends_on": DateInput(),
        }


class CohortSettingsForm(forms.ModelForm):  # type: ignore[type-arg]
    """Everything that is decided about a cohort as a whole."""

    courses = _courses(_("Courses"))
    profiles = forms.MultipleChoiceField(
        choices=list(KINDS.items()), required=False, label=_("Kinds of labs"), widget=forms.CheckboxSelectMultiple,
        help_text=_("None chosen: all kinds."),
    )  # fmt: skip

    class Meta:
        model = Cohort
        fields = (
            "name", "courses", "starts_on", "ends_on", "solutions", "solutions_at", "late_percent", "max_sessions",
            "max_minutes_a_day", "profiles",
        )  # fmt: skip
        labels = {
            "name": _("Name"),
            "starts_on": _("First day"),
            "ends_on": _("Last day"),
            "solutions": _("Solutions are shown"),
            "solutions_at": _("From"),
            "late_percent": _("Taken off what comes late, in per cent of the points"),
            "max_sessions": _("Labs of one learner at once"),
            "max_minutes_a_day": _("Minutes of labs a day, for one learner"),
        }
        help_texts = {
            "solutions_at": _("Only where they are shown after a date."),
            "late_percent": _("Late is what is handed in after a lesson's due date."),
            "max_minutes_a_day": _("Empty: no limit."),
        }
        widgets = {
            "name": forms.TextInput(attrs={"class": "input"}),
            "starts_on": DateInput(),
            "ends_on": DateInput(),
            "solutions": forms.RadioSelect,
            "solutions_at": MomentInput(),
            "late_percent": forms.NumberInput(attrs={"class": "input number", "min": 0, "max": 100}),
            "max_sessions": forms.NumberInput(attrs={"class": "input number", "min": 0}),
            "max_minutes_a_day": forms.NumberInput(attrs={"class": "input number", "min": 0}),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["max_sessions"].help_text = _("Empty: as the server allows, which is %(most)d at most.") % {
            "most": settings.MUELLE_MAX_SESSIONS_PER_LEARNER
        }

    @property
    def groups(self) -> list[tuple[Any, list[forms.BoundField]]]:
        """The fields in the order in which one thinks about them, under headings."""
        groups: list[tuple[Any, tuple[str, ...]]] = [
            (_("The class"), ("name", "courses", "starts_on", "ends_on")),
            (_("Solutions and late work"), ("solutions", "solutions_at", "late_percent")),
            (_("How much of the server each may have"), ("max_sessions", "max_minutes_a_day", "profiles")),
        ]
        return [(title, [self[name] for name in names]) for title, names in groups]


class LessonRuleForm(forms.ModelForm):  # type: ignore[type-arg]
    """When one lesson is open, and when it is due."""

    class Meta:
        model = LessonRule
        fields = ("door", "opens_at", "closes_at", "due_at")
        labels = {
            "door": _("The lesson is"),
            "opens_at": _("Opens"),
            "closes_at": _("Closes"),
            "due_at": _("Due"),
        }
        help_texts = {
            "opens_at": _("Empty: from the beginning."),
            "closes_at": _("Empty: never."),
            "due_at": _("What is handed in later counts as late."),
        }
        widgets = {
            "door": forms.RadioSelect,
            "opens_at": MomentInput(),
            "closes_at": MomentInput(),
            "due_at": MomentInput(),
        }


class DoorForm(forms.Form):
    """Opening or shutting by hand."""

    door = forms.ChoiceField(choices=LessonRule.Door.choices)


class RoleForm(forms.Form):
    """What somebody is in a cohort."""

    role = forms.ChoiceField(
        choices=Role.choices, label=_("Role"), widget=forms.Select(attrs={"class": "input"}), initial=Role.LEARNER
    )


class AddPersonForm(RoleForm):
    """Somebody who has an account."""

    username = forms.CharField(
        label=_("User name"),
        max_length=150,
        widget=forms.TextInput(
            attrs={"class": "input", "spellcheck": "false", "autocapitalize": "none", "autocomplete": "off"}
        ),
    )
    field_order = ("username", "role")

    def clean_username(self) -> User:
        """Return the account. Admins are found like anybody: what may be done with them, the action decides."""
        user = User.objects.filter(username=User.normalize_username(self.cleaned_data["username"])).first()
        if user is None:
            raise forms.ValidationError(_("Nobody has this user name. Upper and lower case matter."))
        return user


class MoveForm(forms.Form):
    """To which other cohort a learner goes."""

    to = forms.ModelChoiceField(
        Cohort.objects.none(), label=_("Other class"), widget=forms.Select(attrs={"class": "input"})
    )

    def __init__(self, *args: Any, by: User, cohort: Cohort, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = Cohort.objects.active().run_by(by).exclude(pk=cohort.pk)
        self.fields["to"].queryset = choices  # type: ignore[attr-defined]


class JoinSpanForm(forms.Form):
    """For how long the class code lets people in by themselves."""

    hours = forms.ChoiceField(choices=JOIN_SPANS)

    def until(self) -> datetime:
        """Return the moment at which it stops."""
        return timezone.now() + timedelta(hours=int(self.cleaned_data["hours"]))


class RosterForm(forms.Form):
    """A list of people: a file, or what was pasted."""

    file = forms.FileField(
        label=_("File"),
        required=False,
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"class": "input", "accept": ".csv,.txt,.tsv,text/csv,text/plain"}),
    )
    text = forms.CharField(
        label=_("Or paste the list"),
        required=False,
        strip=False,
        max_length=MAX_BYTES,
        widget=forms.Textarea(attrs={"class": "input mono", "rows": 6, "spellcheck": "false"}),
    )

    def clean(self) -> dict[str, Any]:
        """Put the text of the list into `text`, wherever it came from; the file counts where both are there."""
        cleaned: dict[str, Any] = super().clean() or {}
        upload = cleaned.get("file")
        if upload is not None:
            try:
                cleaned["text"] = decode(upload.read(MAX_BYTES + 1))
            except UnreadableRoster as refusal:
                raise forms.ValidationError(str(refusal)) from refusal
        elif not cleaned.get("text", "").strip() and not self.errors:
            raise forms.ValidationError(_("Choose a file or paste a list."))
        return cleaned


class JoinForm(forms.Form):
    """A class code, however it was typed."""

    code = forms.CharField(
        label=_("Class code"),
        max_length=20,
        widget=forms.TextInput(
            attrs={"class": "input code-input", "spellcheck": "false", "autocapitalize": "characters",
                   "autocomplete": "off"}
        ),
    )  # fmt: skip
