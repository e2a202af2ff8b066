"""What the pages of one cohort share: who may look at it, and its tabs."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from cohorts.models import Cohort
from cohorts.permissions import can_run


@dataclass(frozen=True)
class Tab:
    """One of the pages of a cohort. Its route takes the cohort's id, as `cohort`, and nothing else."""

    route: str
    title: Any
    for_instructors: bool = False
    """Whether assistants, who decide nothing, are not offered it."""


# In the order in which they are shown. A new page of a cohort needs a line here, and `CohortPage.context` in its view.
TABS = (
    Tab("classroom:now", _("Now")),
    Tab("cohorts:people", _("People")),
    Tab("cohorts:lessons", _("Lessons")),
    Tab("grades:table", _("Grades")),
    Tab("accounts:slips", _("Sign-in slips"), for_instructors=True),
    Tab("cohorts:settings", _("Settings"), for_instructors=True),
)


@dataclass(frozen=True)
class TabLink:
    """A tab as one page shows it."""

    title: str
    url: str
    here: bool


@dataclass
class CohortPage:
    """One cohort for somebody who teaches or assists in it."""

    reader: User
    cohort: Cohort

    @cached_property
    def runs(self) -> bool:
        """Whether the reader decides about the cohort."""
        return can_run(self.reader, self.cohort)

    def context(self, here: str, **more: Any) -> dict[str, Any]:
        """Return what a template that extends `cohorts/base.html` needs; `here` is the route of the tab it is under."""
        tabs = [
            TabLink(str(tab.title), reverse(tab.route, args=[self.cohort.pk]), tab.route == here)
            for tab in TABS
            if self.runs or not tab.for_instructors
        ]
        return {"page": self, "cohort": self.cohort, "tabs": tabs, "section": "cohorts", **more}


def find_cohort(reader: User, cohort: int) -> CohortPage:
    """Return a cohort's page. Raises Http404 also where the reader does not teach in it: it is not theirs to know."""
    row = Cohort.objects.seen_by(reader).filter(pk=cohort).first() if reader.is_active else None
    if row is None:
        raise Http404
    return CohortPage(reader, row)
