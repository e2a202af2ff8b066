"""What was handed in, and what the checks found."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cohorts.models import Cohort, Role
from courses.models import Exercise
from lab_sessions.models import LabSession


class Verdict(models.TextChoices):
    PASS = "pass", _("Passed")  # what was asked for is so
    FAIL = "fail", _("Not yet")  # it was looked at, and is not so
    ERROR = "error", _("Could not look")  # nothing is known; never counts as a fail


class SubmissionQuerySet(models.QuerySet["Submission"]):
    def passed(self) -> SubmissionQuerySet:
        """Submissions that passed. A pass is latched: later ones do not undo it."""
        return self.filter(verdict=Verdict.PASS)

    def visible(self) -> SubmissionQuerySet:
        """What a learner is shown: what they asked for, and automatic passes."""
        return self.filter(Q(origin=Submission.Origin.ASKED) | Q(verdict=Verdict.PASS))

    def open(self) -> SubmissionQuerySet:
        """Submissions that have no result yet."""
        return self.exclude(state=Submission.State.DONE)

    def lapsed(self, now: datetime) -> SubmissionQuerySet:
        """Submissions that nobody is grading: never begun, or begun by a worker that died."""
        return self.open().filter(Q(lease_until=None) | Q(lease_until__lt=now))

    def take(self, submission_id: uuid.UUID, *, owner: str, seconds: float) -> bool:
        """Lease one submission for grading; return False where another worker holds it or it is done."""
        now = timezone.now()
        changes: dict[str, Any] = {
            "state": Submission.State.RUNNING,
            "lease_owner": owner,
            "lease_until": now + timedelta(seconds=seconds),
            "attempts": F("attempts") + 1,
        }
        return self.lapsed(now).filter(pk=submission_id).update(**changes) == 1

    def put_back(self, submission_id: uuid.UUID, *, owner: str, seconds: float) -> bool:
        """Give a lease up without a result, so that grading begins again after `seconds`."""
        pause = timezone.now() + timedelta(seconds=seconds)
        mine = self.filter(pk=submission_id, state=Submission.State.RUNNING, lease_owner=owner)
        return mine.update(state=Submission.State.QUEUED, lease_owner="", lease_until=pause) == 1

    def finish(
        self,
        submission_id: uuid.UUID,
        *,
        owner: str,
        verdict: Verdict,
        points: Decimal,
        judged_by: CheckCorrection | None = None,
    ) -> bool:
        """Give the verdict that `owner` reached under its lease; return False where the lease is no longer its own."""
        mine = self.filter(pk=submission_id, state=Submission.State.RUNNING, lease_owner=owner)
        changes: dict[str, Any] = {
            "state": Submission.State.DONE,
            "verdict": verdict,
            "points": points,
            "judged_by": judged_by,
            "lease_until": None,
            "finished_at": timezone.now(),
        }
        return mine.update(**changes) == 1

    def revise(
        self, submission: Submission, *, verdict: Verdict, points: Decimal, judged_by: CheckCorrection | None
    ) -> bool:
        """Give a finished submission another verdict; return False where it has another one by now."""
        same = self.filter(pk=submission.pk, state=Submission.State.DONE, verdict=submission.verdict)
        return same.update(verdict=verdict, points=points, judged_by=judged_by) == 1

    def passed_slugs(self, learner_id: int, lesson_key: str) -> set[str]:
        """Slugs of the lesson's exercises that the learner has passed, in whatever revision."""
        prefix = f"{lesson_key}/"
        passed = self.passed().filter(learner_id=learner_id, exercise_key__startswith=prefix)
        return {key.removeprefix(prefix) for key in passed.values_list("exercise_key", flat=True)}


class Submission(models.Model):
    """One request to grade one exercise. The row exists before any message, so it cannot be lost."""

    class Origin(models.TextChoices):
        ASKED = "asked", _("Asked")  # the learner pressed the button
        AUTOMATIC = "auto", _("Automatic")  # the platform looked by itself; kept only where it passed

    class State(models.TextChoices):
        QUEUED = "queued", _("Waiting")  # nobody grades it yet
        RUNNING = "running", _("Checking")  # a worker holds its lease
        DONE = "done", _("Done")  # it has a verdict, and keeps it

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    learner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="submissions")
    exercise = models.ForeignKey(Exercise, on_delete=models.PROTECT, related_name="submissions")
    exercise_key = models.CharField(max_length=330, help_text="The same over all revisions.")
    lab_session = models.ForeignKey(
        LabSession, null=True, blank=True, on_delete=models.SET_NULL, related_name="submissions", help_text="Of a task."
    )
    generation = models.PositiveSmallIntegerField(default=0, help_text="Which of the session's sandboxes it looked at.")
    origin = models.CharField(max_length=5, choices=Origin)
    state = models.CharField(max_length=7, choices=State, default=State.QUEUED)
    verdict = models.CharField(max_length=5, choices=Verdict, blank=True)
    points = models.DecimalField(max_digits=6, decimal_places=2, default=0)
    answer = models.JSONField(default=dict, help_text="What the learner typed or chose.")
    judged_by = models.ForeignKey(
        "CheckCorrection",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="submissions",
        help_text="Whose checks its results are from; empty: the lab's own.",
    )
    lease_owner = models.CharField(max_length=64, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    objects = SubmissionQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at"]
        indexes = [
            models.Index(fields=["learner", "exercise_key", "verdict"], name="submission_by_exercise"),
            models.Index(fields=["state", "lease_until"], name="submission_lapsed"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["learner", "exercise_key"],
                condition=Q(origin="asked") & ~Q(state="done"),
                name="one_open_submission_per_learner_and_exercise",
            ),
            models.UniqueConstraint(
                fields=["learner", "exercise_key"],
                condition=Q(origin="auto", verdict="pass"),
                name="one_automatic_pass_per_learner_and_exercise",
            ),
            models.CheckConstraint(condition=Q(state="done") ^ Q(verdict=""), name="verdict_exactly_when_done"),
        ]

    def __str__(self) -> str:
        return f"{self.exercise_key} {self.learner_id} {self.verdict or self.state}"


class CheckResult(models.Model):
    """What one check found."""

    submission = models.ForeignKey(Submission, on_delete=models.CASCADE, related_name="results")
    position = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=32)
    level = models.CharField(max_length=16, default="practice", help_text="How far the result can be trusted.")
    verdict = models.CharField(max_length=5, choices=Verdict)
    weight = models.PositiveSmallIntegerField(default=1)
    expected = models.JSONField(default=dict, help_text="By language: what should be so.")
    found = models.JSONField(default=dict, help_text="By language: what is so; bounded and without secrets.")
    hint = models.JSONField(default=dict, help_text="By language: what to try.")
    seconds = models.FloatField(default=0)
    evidence = models.JSONField(default=dict, help_text="What the verdict was computed from; for staff and regrading.")

    class Meta:
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["submission", "position"], name="one_result_per_check")]

    def __str__(self) -> str:
        return f"{self.kind}: {self.verdict}"


class CheckCorrectionQuerySet(models.QuerySet["CheckCorrection"]):
    def in_force(self) -> CheckCorrectionQuerySet:
        """Corrections that nobody has withdrawn, of cohorts that are not archived."""
        return self.filter(withdrawn_at=None, cohort__archived_at=None)

    def for_learner(self, learner_id: int) -> CheckCorrectionQuerySet:
        """Corrections of the cohorts that somebody learns in."""
        return self.filter(cohort__enrolments__user=learner_id, cohort__enrolments__role=Role.LEARNER)


class CheckCorrection(models.Model):
    """Checks that an instructor put in the place of a task's own, for one cohort, until the file is mended."""

    cohort = models.ForeignKey(Cohort, on_delete=models.CASCADE, related_name="check_corrections")
    exercise_key = models.CharField(max_length=330)
    base = models.CharField(max_length=64, help_text="Digest of the checks that it replaces.")
    written = models.TextField(help_text="As the instructor wrote them: YAML, to be copied into lab.yaml.")
    expect = models.JSONField(help_text="content.documents.ExpectDocument as JSON, a list of them.")
    reason = models.CharField(max_length=300)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    objects = CheckCorrectionQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["cohort", "exercise_key"],
                condition=Q(withdrawn_at=None),
                name="one_correction_in_force_per_cohort_and_exercise",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.exercise_key} in {self.cohort_id}"


class TickChain(models.Model):
    """The automatic checks of a lab session that are under way: looks at growing distances since something was done."""

    lab_session = models.OneToOneField(
        LabSession, primary_key=True, on_delete=models.CASCADE, related_name="tick_chain"
    )
    number = models.PositiveIntegerField(default=1, help_text="Looks of an older chain are not made.")
    started_at = models.DateTimeField()
    wanted_at = models.DateTimeField(help_text="When something was last done.")
    looking_until = models.DateTimeField(
        null=True, blank=True, help_text="Until when a worker looks; one at a time does."
    )
    looked_at = models.DateTimeField(null=True, blank=True, help_text="When the last look ended.")

    def __str__(self) -> str:
        return f"{self.lab_session_id} #{self.number}"
