"""Lab sessions, and the lease that makes one reconciler the leader."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Case, F, Q, When
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cohorts.models import Cohort
from courses.models import Lab
from lab_sessions.transitions import HOLDING, LIVE, State, allowed
from sandboxes.models import Sandbox


class LabSessionQuerySet(models.QuerySet["LabSession"]):
    def live(self) -> LabSessionQuerySet:
        """Sessions that a learner still has: queued, starting or ready."""
        return self.filter(state__in=LIVE)

    def live_first(self) -> LabSessionQuerySet:
        """In order: the live ones, then the others, each from the newest on."""
        return self.order_by(Case(When(state__in=LIVE, then=0), default=1), "-created_at")

    def holding(self) -> LabSessionQuerySet:
        """Sessions that take room on the host."""
        return self.filter(state__in=HOLDING)

    def lapsed(self, now: datetime) -> LabSessionQuerySet:
        """Sessions whose work (making or destroying a sandbox) nobody holds any more."""
        return self.filter(state__in=[State.STARTING, State.ENDING]).filter(
            Q(lease_until=None) | Q(lease_until__lt=now)
        )

    def overdue(self, now: datetime) -> LabSessionQuerySet:
        """Ready sessions whose time is over."""
        return self.filter(state=State.READY, expires_at__lte=now)

    def idle(self, now: datetime) -> LabSessionQuerySet:
        """Ready sessions in which nobody has done anything for longer than their lab allows."""
        return self.filter(state=State.READY, idle_at__lte=now)

    def move(self, session_id: uuid.UUID, old: State, new: State, **changes: Any) -> bool:
        """Change the state of one session by compare-and-swap; return whether it was this call that did it.

        Every change of state releases the lease of the work that led to it. Raises ValueError for a pair that
        the table lacks.
        """
        if not allowed(old, new):
            raise ValueError(f"A lab session cannot go from {old} to {new}.")
        values = {"state": new, "lease_until": None, "attempts": 0, **changes}
        return self.filter(pk=session_id, state=old).update(**values) == 1

    def take(self, session_id: uuid.UUID, state: State, *, seconds: float) -> bool:
        """Lease the work of one session in `state` for `seconds`; return False where somebody else holds it."""
        now = timezone.now()
        free = self.filter(pk=session_id, state=state).filter(Q(lease_until=None) | Q(lease_until__lt=now))
        return free.update(lease_until=now + timedelta(seconds=seconds), attempts=F("attempts") + 1) == 1

    def renew(self, session_id: uuid.UUID, state: State, *, seconds: float) -> bool:
        """Say that who leased the work of a session lives; return False where there is nothing to do any more."""
        until = timezone.now() + timedelta(seconds=seconds)
        return self.filter(pk=session_id, state=state).update(lease_until=until) == 1


class LabSession(models.Model):
    """One learner's run of one lab."""

    class Reason(models.TextChoices):
        LEARNER = "learner", _("You ended it.")  # the button
        STAFF = "staff", _("Your instructor ended it.")  # an instructor or an admin
        EXPIRED = "expired", _("Its time was over.")  # the deadline
        IDLE = "idle", _("Nobody used it for a while.")  # the idle limit
        DRAINED = "drained", _("The server was shut down.")  # Ctrl-C, maintenance

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    learner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="lab_sessions")
    lab = models.ForeignKey(
        Lab, on_delete=models.PROTECT, related_name="sessions", help_text="Of the revision it began with."
    )
    lab_key = models.CharField(max_length=250)
    state = models.CharField(max_length=8, choices=[(state.value, state.value) for state in State])
    generation = models.PositiveSmallIntegerField(default=1, help_text="Counts the sandboxes it has had.")
    sandbox = models.OneToOneField(
        Sandbox, null=True, blank=True, on_delete=models.SET_NULL, related_name="lab_session"
    )
    values = models.JSONField(default=dict, help_text="Drawn with the sandbox, adopted at the claim.")
    phase = models.CharField(max_length=16, blank=True, help_text="What a start is doing now, for the learner.")
    failure = models.CharField(
        max_length=300, blank=True, help_text="A sentence for the learner, translated when shown."
    )
    failure_detail = models.TextField(blank=True, help_text="What happened, for staff.")
    ended_reason = models.CharField(max_length=8, choices=Reason, blank=True)
    extensions = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)
    ready_at = models.DateTimeField(null=True, blank=True)  # for the first time; a reset does not change it
    expires_at = models.DateTimeField(null=True, blank=True)
    last_activity_at = models.DateTimeField(null=True, blank=True)
    idle_at = models.DateTimeField(null=True, blank=True, help_text="When it ends if nothing is done before.")
    warned = models.BooleanField(default=False, help_text="Whether its pages were told that a deadline is near.")
    ended_at = models.DateTimeField(null=True, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True, help_text="Until when a worker holds its pending work.")
    attempts = models.PositiveSmallIntegerField(default=0, help_text="How often that work was begun.")

    objects = LabSessionQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at"]
        indexes = [models.Index(fields=["state", "created_at"], name="lab_session_state")]
        constraints = [
            models.UniqueConstraint(
                fields=["learner", "lab_key"],
                condition=Q(state__in=[*LIVE]),
                name="one_live_session_per_learner_and_lab",
            ),
            models.CheckConstraint(condition=Q(state__in=list(State)), name="lab_session_state_known"),
            models.CheckConstraint(
                condition=~Q(state=State.READY)
                | Q(sandbox__isnull=False, expires_at__isnull=False, idle_at__isnull=False),
                name="ready_session_has_sandbox_and_deadlines",
            ),
            models.CheckConstraint(condition=~Q(state=State.FAILED) | ~Q(failure=""), name="failed_session_says_why"),
        ]

    def __str__(self) -> str:
        return f"{self.lab_key} {self.learner_id} {self.state}"

    @property
    def is_live(self) -> bool:
        return self.state in LIVE


class WarmUpQuerySet(models.QuerySet["WarmUp"]):
    def standing(self, now: datetime) -> WarmUpQuerySet:
        """Wishes that hold now."""
        return self.filter(cancelled_at=None, starts_at__lte=now, ends_at__gt=now, cohort__archived_at=None)

    def planned(self, now: datetime) -> WarmUpQuerySet:
        """Wishes that hold now or later."""
        return self.filter(cancelled_at=None, ends_at__gt=now)

    def ended_between(self, since: datetime, now: datetime) -> WarmUpQuerySet:
        """Wishes that had begun, and ended or were withdrawn since then."""
        over = Q(ends_at__gt=since, ends_at__lte=now) | Q(cancelled_at__gt=since, cancelled_at__lte=now)
        return self.filter(over, starts_at__lte=now)


class WarmUp(models.Model):
    """A wish of a class: so many machines are to be warm for a lab from a time until a time."""

    cohort = models.ForeignKey(Cohort, on_delete=models.CASCADE, related_name="warm_ups")
    lab_key = models.CharField(max_length=250)
    sandboxes = models.PositiveSmallIntegerField()
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    cancelled_at = models.DateTimeField(null=True, blank=True)

    objects = WarmUpQuerySet.as_manager()

    class Meta:
        ordering = ["starts_at", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="warm_up_ends_after_it_starts"),
            models.CheckConstraint(condition=Q(sandboxes__gt=0), name="warm_up_wants_something"),
        ]

    def __str__(self) -> str:
        return f"{self.sandboxes} for {self.lab_key}"


class Lease(models.Model):
    """Makes one process the leader of something for a while."""

    name = models.CharField(primary_key=True, max_length=32)
    holder = models.CharField(max_length=64)
    expires_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.name}: {self.holder}"


class DrainQuerySet(models.QuerySet["Drain"]):
    def on(self) -> DrainQuerySet:
        """The drain that holds now, if one does."""
        return self.filter(is_on=True)


class Drain(models.Model):
    """A time in which no new lab session starts. Rows stay, so that it can be told when that was."""

    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    sentence = models.CharField(max_length=300, blank=True, help_text="For learners; empty: the platform's own words.")
    since = models.DateTimeField(auto_now_add=True)
    is_on = models.BooleanField(default=True)
    over_at = models.DateTimeField(null=True, blank=True)

    objects = DrainQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["is_on"], condition=Q(is_on=True), name="one_drain_at_a_time"),
            models.CheckConstraint(
                condition=Q(is_on=True, over_at=None) | Q(is_on=False, over_at__isnull=False),
                name="drain_over_says_when",
            ),
        ]

    def __str__(self) -> str:
        return f"drained since {self.since:%Y-%m-%d %H:%M}"
