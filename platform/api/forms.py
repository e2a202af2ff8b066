"""What somebody says of a new token."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from api.scopes import Scope


class TokenForm(forms.Form):
    """Name, scopes and life of a token."""

    name = forms.CharField(label=_("What it is for"), max_length=80)
    scopes = forms.MultipleChoiceField(
        label=_("What it may be used for"), choices=Scope.choices, widget=forms.CheckboxSelectMultiple
    )
    days = forms.TypedChoiceField(
        label=_("How long it lives"),
        choices=[(30, _("A month")), (120, _("A term")), (365, _("A year"))],
        coerce=int,
        initial=120,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].widget.attrs["class"] = "input"
        self.fields["days"].widget.attrs["class"] = "input"
