"""What the pages of a class at work share."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from classroom.for_all import sessions_of
from classroom.models import Announcement, Assistance, HelpRequest
from classroom.queries import ClassNow, LearnerNow, class_now, queue_place
from cohorts.models import Cohort
from courses.models import Exercise, in_language
from gradebook.queries import columns_of
from lab_sessions.environments import document_of
from lab_sessions.models import LabSession, WarmUp
from web.cohort_page import CohortPage
from web.forms.classroom import AnnouncementForm, LessonForm, RevealForm, WarmUpForm, next_morning
from web.pane import TerminalTab

MAX_LISTED = 20  # announcements and warm-ups in a list


@dataclass
class Tools:
    """What an instructor can do for all of a class: the forms, and what stands."""

    view: ClassNow

    @property
    def _lessons(self) -> list[tuple[str, str]]:
        return [(column.lesson.key, column.lesson.title) for column in self.view.columns]

    @cached_property
    def say(self) -> AnnouncementForm:
        return AnnouncementForm(lessons=self._lessons)

    @cached_property
    def warm(self) -> WarmUpForm:
        initial = {"sandboxes": max(1, len(self.view.learners)), "starts_at": next_morning()}
        return WarmUpForm(lessons=self._lessons, initial=initial)

    @cached_property
    def labs(self) -> LessonForm:
        return LessonForm(lessons=self._lessons)

    @cached_property
    def reveal(self) -> RevealForm:
        return RevealForm(tasks=tasks_of(self.view))

    @cached_property
    def announcements(self) -> list[Announcement]:
        return list(Announcement.objects.standing(self.view.at).filter(cohort=self.view.cohort)[:MAX_LISTED])

    @cached_property
    def warm_ups(self) -> list[tuple[str, WarmUp]]:
        titles = dict(self._lessons)
        wishes = WarmUp.objects.planned(self.view.at).filter(cohort=self.view.cohort)[:MAX_LISTED]
        return [(titles.get(wish.lab_key, wish.lab_key), wish) for wish in wishes]


def tasks_of(view: ClassNow) -> list[tuple[str, list[tuple[str, str]]]]:
    """Return the tasks of a class's lessons, for a form: by the title of their lesson."""
    found = (
        (column.lesson.title, [(each.key, each.title) for each in column.exercises if each.kind == Exercise.Kind.TASK])
        for column in view.columns
    )
    return [(title, tasks) for title, tasks in found if tasks]


def lesson_choices(cohort: Cohort) -> list[tuple[str, str]]:
    """Return the lessons of a class, for a form."""
    return [(column.lesson.key, column.lesson.title) for column in columns_of(cohort)]


def check_runs(page: CohortPage) -> None:
    """Raise PermissionDenied for assistants, who see and help but decide nothing."""
    if not page.runs:
        raise PermissionDenied(_("Only the instructors of this class can do that."))


def learner_now(page: CohortPage, learner: int) -> LearnerNow:
    """Return one learner of the class as they are now. Raises Http404 for anybody else."""
    rows = class_now(page.cohort, timezone.now(), learner_id=learner).learners
    if not rows:
        raise Http404
    return rows[0]


def find_session(page: CohortPage, session_id: UUID) -> LabSession:
    """Return a lab session of a learner of the class. Raises Http404, also for sessions of other people."""
    row = sessions_of(page.cohort).filter(pk=session_id).first()
    if row is None:
        raise Http404
    return row


@dataclass
class AssistPage:
    """One learner's terminals, for who asks to see them."""

    reader: User
    session: LabSession

    @cached_property
    def latest(self) -> Assistance | None:
        return Assistance.objects.filter(lab_session=self.session, by=self.reader).order_by("-asked_at").first()

    @cached_property
    def state(self) -> str:
        """none, asked, on or over."""
        row = self.latest
        if row is None:
            return "none"
        if not Assistance.objects.open(timezone.now()).filter(pk=row.pk).exists():
            return "over"
        return "on" if row.is_granted else "asked"

    @property
    def seen(self) -> str:
        """Changes exactly when the page has to be drawn anew: while terminals are shown, they stay."""
        return f"{self.state}-{self.latest.pk if self.latest else ''}-{self.session.state}"

    @property
    def ending(self) -> str:
        """Why it is over."""
        row = self.latest
        return str(Assistance.End(row.ending or Assistance.End.OVER).label) if row else ""

    @property
    def terminals(self) -> list[TerminalTab]:
        return [TerminalTab(each.name, in_language(each.title)) for each in document_of(self.session.lab).terminals]


@dataclass
class Strip:
    """What a learner's lesson page says about their class: words to all, who looks on, their hand."""

    learner: User
    lesson_key: str
    now: datetime

    @cached_property
    def in_class(self) -> bool:
        return Cohort.objects.learned_by(self.learner).exists()

    @cached_property
    def hand(self) -> HelpRequest | None:
        return HelpRequest.objects.open(self.now).filter(learner=self.learner).select_related("taken_by").first()

    @property
    def place(self) -> int:
        return queue_place(self.hand, self.now) if self.hand else 0

    @cached_property
    def announcements(self) -> list[Announcement]:
        standing = Announcement.objects.standing(self.now)
        return list(standing.for_learner(self.learner.pk, self.lesson_key).select_related("by").distinct())

    @cached_property
    def assistances(self) -> list[Assistance]:
        """Of whichever lab: what somebody sees is to be said on every page that is open."""
        mine = Assistance.objects.open(self.now).filter(lab_session__learner=self.learner)
        return list(mine.select_related("by", "lab_session"))


def strip_of(learner: User, lesson_key: str) -> Strip:
    """Return the class strip of a lesson's page as it is now."""
    return Strip(learner, lesson_key, timezone.now())
