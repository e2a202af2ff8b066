"""What instructors fill in to do something for a whole class."""

from datetime import datetime, timedelta
from typing import Any, Final

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from classroom.for_all import MAX_TEXT

MINUTES: Final = [(15, _("15 minutes")), (45, _("45 minutes")), (120, _("2 hours")), (480, _("8 hours"))]
HOURS: Final = [(1, _("1 hour")), (2, _("2 hours")), (3, _("3 hours")), (4, _("4 hours"))]
MORNING: Final = 8  # o'clock: when classes begin, and what the form proposes


def next_morning() -> datetime:
    """Return the next 8 o'clock, a quarter of an hour early: machines are to be warm when the class comes."""
    now = timezone.localtime()
    today = now.replace(hour=MORNING, minute=0, second=0, microsecond=0) - timedelta(minutes=15)
    return today if today > now else today + timedelta(days=1)


class _ToolForm(forms.Form):
    """Fields in the site's look; a lesson is chosen by its key."""

    def __init__(self, *args: Any, lessons: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        lesson = self.fields.get("lesson")
        if isinstance(lesson, forms.ChoiceField):
            lesson.choices = lessons if lesson.required else [("", _("All lessons")), *lessons]
        for field in self.fields.values():
            field.widget.attrs["class"] = "input"


class AnnouncementForm(_ToolForm):
    """A hint to all."""

    prefix = "say"
    text = forms.CharField(label=_("Text"), max_length=MAX_TEXT, widget=forms.Textarea(attrs={"rows": 3}))
    lesson = forms.ChoiceField(label=_("Where"), required=False)
    minutes = forms.TypedChoiceField(label=_("How long"), choices=MINUTES, coerce=int, initial=45)


class WarmUpForm(_ToolForm):
    """Machines that wait for a lesson."""

    prefix = "warm"
    lesson = forms.ChoiceField(label=_("Lesson"))
    sandboxes = forms.IntegerField(label=_("Machines"), min_value=1, max_value=200)
    starts_at = forms.DateTimeField(
        label=_("From"), widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    )
    hours = forms.TypedChoiceField(label=_("For"), choices=HOURS, coerce=int, initial=1)


class LessonForm(_ToolForm):
    """A lesson, or all of them."""

    prefix = "labs"
    lesson = forms.ChoiceField(label=_("Lesson"), required=False)


class RevealForm(_ToolForm):
    """A task, by its key."""

    prefix = "reveal"
    task = forms.ChoiceField(label=_("Task"))

    def __init__(self, *args: Any, tasks: list[tuple[str, list[tuple[str, str]]]], **kwargs: Any) -> None:
        super().__init__(*args, lessons=[], **kwargs)
        field = self.fields["task"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101  # for type checkers: it is declared so above
        field.choices = tasks
