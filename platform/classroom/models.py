"""Who is there, whose hand is up, who may look over whose shoulder, and what was said to a class."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from cohorts.models import Cohort, Enrolment, Role
from lab_sessions.models import LabSession
from lab_sessions.transitions import State


class Presence(models.Model):
    """When somebody's pages were last open, and at which lesson. Overwritten, never a history."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, primary_key=True, on_delete=models.CASCADE, related_name="presence"
    )
    seen_at = models.DateTimeField()
    lesson_key = models.CharField(max_length=250, blank=True, help_text="The lesson last opened; empty: none.")
    lesson_since = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.user_id} at {self.lesson_key}"


class HelpRequestQuerySet(models.QuerySet["HelpRequest"]):
    def open(self, now: datetime) -> HelpRequestQuerySet:
        """Hands that are up, the longest first."""
        return self.filter(done_at=None, until__gt=now).order_by("asked_at", "pk")

    def of_cohort(self, cohort: Cohort) -> HelpRequestQuerySet:
        """Hands of the people who learn in a cohort."""
        return self.filter(learner__in=cohort.enrolments.filter(role=Role.LEARNER).values("user"))


class HelpRequest(models.Model):
    """A raised hand. Whoever teaches the learner, in whatever cohort, sees it."""

    learner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="help_requests")
    lesson_key = models.CharField(max_length=250)
    exercise_key = models.CharField(max_length=330, blank=True, help_text="The task that was open.")
    asked_at = models.DateTimeField()
    until = models.DateTimeField(help_text="When it sinks by itself.")
    taken_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    taken_at = models.DateTimeField(null=True, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)

    objects = HelpRequestQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["done_at", "asked_at"], name="help_request_open")]
        constraints = [
            models.UniqueConstraint(fields=["learner"], condition=Q(done_at=None), name="one_raised_hand_per_learner"),
        ]

    def __str__(self) -> str:
        return f"{self.learner_id} in {self.lesson_key}"


class AssistanceQuerySet(models.QuerySet["Assistance"]):
    def open(self, now: datetime) -> AssistanceQuerySet:
        """Questions that wait for an answer, and consents that last, in labs that run."""
        return self.filter(ended_at=None, expires_at__gt=now, lab_session__state=State.READY)

    def standing(self, now: datetime) -> AssistanceQuerySet:
        """Consents that hold now: given, not over, and of somebody who still teaches the learner."""
        return self.open(now).filter(granted_at__isnull=False, by__is_active=True).filter(_still_teaches())

    def lapsed(self, now: datetime) -> AssistanceQuerySet:
        """Those that nobody has ended, and that hold no more."""
        return self.filter(ended_at=None).exclude(
            pk__in=self.open(now).filter(by__is_active=True).filter(_still_teaches()).values("pk")
        )


def _still_teaches() -> Q:
    """Say in SQL what `cohorts.permissions.teaches` says."""
    learns = Enrolment.objects.filter(
        user=OuterRef("lab_session__learner"), role=Role.LEARNER, cohort__archived_at=None
    )
    taught = learns.filter(
        cohort__enrolments__user=OuterRef("by"), cohort__enrolments__role__in=[Role.ASSISTANT, Role.INSTRUCTOR]
    )
    return (Q(by__is_superuser=True) & Q(Exists(learns))) | Q(Exists(taught))


class Assistance(models.Model):
    """Somebody asks to watch a learner's terminals or to type in them, and does so from consent to end."""

    class Mode(models.TextChoices):
        WATCH = "watch", _("Watch")  # sees what the terminals show
        HELP = "help", _("Help")  # types in them too

    class End(models.TextChoices):
        REFUSED = "refused", _("The learner said no.")  # to the question
        STOPPED = "stopped", _("The learner stopped it.")  # after having said yes
        LEFT = "left", _("You ended it.")  # the helper did
        OVER = "over", _("Its time is over, or the lab has ended.")  # time, the lab, or the helper's role

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    lab_session = models.ForeignKey(LabSession, on_delete=models.CASCADE, related_name="assistances")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="assistances")
    mode = models.CharField(max_length=5, choices=Mode)
    asked_at = models.DateTimeField()
    granted_at = models.DateTimeField(null=True, blank=True)
    expires_at = models.DateTimeField(help_text="Of the question; once it is granted, of the consent.")
    ended_at = models.DateTimeField(null=True, blank=True)
    ending = models.CharField(max_length=7, choices=End, blank=True)

    objects = AssistanceQuerySet.as_manager()

    class Meta:
        ordering = ["-asked_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["lab_session", "by"], condition=Q(ended_at=None), name="one_open_assistance_per_helper"
            ),
            models.CheckConstraint(condition=Q(mode__in=["watch", "help"]), name="assistance_mode_known"),
            models.CheckConstraint(condition=Q(ended_at=None, ending="") | (Q(ended_at__isnull=False) & ~Q(ending="")),
                                   name="ended_assistance_says_why"),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.by_id} {self.mode} {self.lab_session_id}"

    @property
    def is_granted(self) -> bool:
        return self.granted_at is not None

    @property
    def types(self) -> bool:
        return self.mode == self.Mode.HELP


class AnnouncementQuerySet(models.QuerySet["Announcement"]):
    def standing(self, now: datetime) -> AnnouncementQuerySet:
        """Those that are still valid."""
        return self.filter(withdrawn_at=None, until__gt=now)

    def for_learner(self, learner_id: int, lesson_key: str) -> AnnouncementQuerySet:
        """Those that a learner of the cohort is shown at a lesson, and has not put away."""
        mine = self.filter(cohort__enrolments__user=learner_id, cohort__enrolments__role=Role.LEARNER)
        here = mine.filter(Q(lesson_key="") | Q(lesson_key=lesson_key), cohort__archived_at=None)
        return here.exclude(pk__in=Dismissal.objects.filter(user=learner_id).values("announcement"))


class Announcement(models.Model):
    """A hint or a word to a whole class, plain text, for a while."""

    cohort = models.ForeignKey(Cohort, on_delete=models.CASCADE, related_name="announcements")
    lesson_key = models.CharField(max_length=250, blank=True, help_text="Where it is shown; empty: at every lesson.")
    text = models.CharField(max_length=500)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    until = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    objects = AnnouncementQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at"]
        constraints = [models.CheckConstraint(condition=~Q(text=""), name="announcement_says_something")]

    def __str__(self) -> str:
        return f"to {self.cohort_id}: {self.text[:40]}"


class Dismissal(models.Model):
    """A learner put an announcement away."""

    announcement = models.ForeignKey(Announcement, on_delete=models.CASCADE, related_name="dismissals")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["announcement", "user"], name="dismissed_once")]

    def __str__(self) -> str:
        return f"{self.announcement_id} {self.user_id}"
