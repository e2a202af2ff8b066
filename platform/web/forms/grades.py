"""What instructors write about grades and checks."""

from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

MAX_CHECKS: Final = 16 * 1024  # characters of YAML; a long task has 2,000


class OverrideForm(forms.Form):
    """Points by hand, and why."""

    points = forms.DecimalField(label=_("Points"), min_value=0, max_digits=6, decimal_places=2)
    reason = forms.CharField(label=_("Reason"), max_length=300)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.widget.attrs["class"] = "input"


class CorrectionForm(forms.Form):
    """Other checks for a task, and what was wrong with its own."""

    written = forms.CharField(label=_("Checks"), max_length=MAX_CHECKS, strip=False, widget=forms.Textarea)
    reason = forms.CharField(label=_("What was wrong"), max_length=300)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["written"].widget.attrs.update(
            {
                "class": "input code",
                "rows": 16,
                "spellcheck": "false",
                "autocapitalize": "off",
                "aria-describedby": "written-help",
            }
        )
        self.fields["reason"].widget.attrs["class"] = "input"
