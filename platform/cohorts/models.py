"""Cohorts, who is enrolled in them, and what their instructors decided about single lessons."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import Count, F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import User
from cohorts.codes import CODE_LENGTH, draw_code
from courses.models import Course


class Role(models.TextChoices):
    LEARNER = "learner", _("Learner")  # does lessons and labs
    ASSISTANT = "assistant", _("Assistant")  # sees the class and helps, but decides and corrects nothing
    INSTRUCTOR = "instructor", _("Instructor")  # runs the cohort: people, lessons, grades


class SolutionPolicy(models.TextChoices):
    NEVER = "never", _("Never")  # only the instructor reveals one, by hand
    AFTER_PASS = "after_pass", _("After passing the task")  # to who has done it
    AFTER_DATE = "after_date", _("After a date")  # to all, from then on


class CohortQuerySet(models.QuerySet["Cohort"]):
    def active(self) -> CohortQuerySet:
        """Cohorts that nobody has archived."""
        return self.filter(archived_at=None)

    def of(self, user: User) -> CohortQuerySet:
        """Cohorts that `user` is enrolled in, whatever their role."""
        return self.filter(enrolments__user=user)

    def learned_by(self, user: User) -> CohortQuerySet:
        """Active cohorts in which `user` is a learner."""
        return self.active().filter(enrolments__user=user, enrolments__role=Role.LEARNER)

    def seen_by(self, user: User) -> CohortQuerySet:
        """Cohorts whose class `user` may look at: those where they teach or assist; all of them for an admin."""
        if user.is_superuser:
            return self.all()
        return self.filter(enrolments__user=user, enrolments__role__in=[Role.ASSISTANT, Role.INSTRUCTOR])

    def run_by(self, user: User) -> CohortQuerySet:
        """Cohorts that `user` decides about: those where they are an instructor; all of them for an admin."""
        if user.is_superuser:
            return self.all()
        return self.filter(enrolments__user=user, enrolments__role=Role.INSTRUCTOR)

    def with_learner_count(self) -> CohortQuerySet:
        """Each with `learners`, the number of people who learn in it."""
        learners = Enrolment.objects.filter(cohort=OuterRef("pk"), role=Role.LEARNER).order_by().values("cohort")
        return self.annotate(learners=Coalesce(Subquery(learners.annotate(number=Count("pk")).values("number")), 0))


class Cohort(models.Model):
    """People who learn together. Times of `starts_on` and `ends_on` are days in the server's time zone."""

    name = models.CharField(_("name"), max_length=120)
    courses = models.ManyToManyField(Course, blank=True, related_name="cohorts")
    starts_on = models.DateField(_("first day"), null=True, blank=True)
    ends_on = models.DateField(_("last day"), null=True, blank=True)
    join_code = models.CharField(max_length=CODE_LENGTH, unique=True, default=draw_code, help_text="The class code.")
    join_until = models.DateTimeField(
        null=True, blank=True, help_text="Until when the code lets people join by themselves; empty: not at all."
    )
    max_sessions = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text="Lab sessions of one learner at once; empty: as the server allows."
    )
    max_minutes_a_day = models.PositiveIntegerField(
        null=True, blank=True, help_text="Of lab sessions, for one learner; empty: no limit."
    )
    profiles = models.JSONField(default=list, blank=True, help_text="Kinds of sandboxes allowed; empty: all.")
    solutions = models.CharField(max_length=10, choices=SolutionPolicy, default=SolutionPolicy.NEVER)
    solutions_at = models.DateTimeField(null=True, blank=True)
    late_percent = models.PositiveSmallIntegerField(
        default=0, help_text="Of the points, taken off what is handed in after a lesson's due date."
    )
    created_at = models.DateTimeField(auto_now_add=True)
    archived_at = models.DateTimeField(null=True, blank=True)

    objects = CohortQuerySet.as_manager()

    class Meta:
        ordering = ["name", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(starts_on=None) | Q(ends_on=None) | Q(ends_on__gte=F("starts_on")),
                name="cohort_ends_after_it_starts",
                violation_error_message=_("The last day is before the first."),
            ),
            models.CheckConstraint(condition=Q(solutions__in=SolutionPolicy.values), name="solution_policy_known"),
            models.CheckConstraint(
                condition=~Q(solutions=SolutionPolicy.AFTER_DATE) | Q(solutions_at__isnull=False),
                name="solutions_after_a_date_have_one",
                violation_error_message=_("Say from when on solutions are shown."),
            ),
            models.CheckConstraint(
                condition=Q(late_percent__lte=100),
                name="late_percent_is_a_share",
                violation_error_message=_("No more can be taken off than all of the points."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_archived(self) -> bool:
        return self.archived_at is not None

    def lets_join(self, now: datetime) -> bool:
        """Whether somebody who has the code may enrol by themselves now."""
        return not self.is_archived and self.join_until is not None and now < self.join_until


class EnrolmentQuerySet(models.QuerySet["Enrolment"]):
    def learners(self) -> EnrolmentQuerySet:
        """Of people who learn, by name."""
        return self.filter(role=Role.LEARNER).select_related("user").order_by("user__last_name", "user__first_name")

    def staff(self) -> EnrolmentQuerySet:
        """Of people who teach or assist."""
        return self.exclude(role=Role.LEARNER)


class Enrolment(models.Model):
    """One person in one cohort, and what they are there. Removing a person deletes the row; their work stays."""

    cohort = models.ForeignKey(Cohort, on_delete=models.CASCADE, related_name="enrolments")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="enrolments")
    role = models.CharField(max_length=10, choices=Role, default=Role.LEARNER)
    pin_digest = models.CharField(
        max_length=64, blank=True, help_text="Keyed digest of the PIN for signing in with the class code; empty: none."
    )
    enrolled_at = models.DateTimeField(auto_now_add=True)

    objects = EnrolmentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["cohort", "user"], name="enrolled_once"),
            models.UniqueConstraint(
                fields=["cohort", "pin_digest"], condition=~Q(pin_digest=""), name="pin_names_one_person_of_a_cohort"
            ),
            models.CheckConstraint(condition=Q(role__in=Role.values), name="enrolment_role_known"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} in {self.cohort_id}: {self.role}"


class LessonRule(models.Model):
    """What a cohort's instructor decided about one lesson. Without a row a lesson is open, and due at no time."""

    class Door(models.TextChoices):
        BY_DATE = "date", _("By date")  # open between `opens_at` and `closes_at`, where they are set
        OPEN = "open", pgettext_lazy("lesson", "Open")  # by hand
        SHUT = "shut", pgettext_lazy("lesson", "Shut")  # by hand

    cohort = models.ForeignKey(Cohort, on_delete=models.CASCADE, related_name="lesson_rules")
    lesson_key = models.CharField(max_length=250, help_text="The same over all revisions.")
    door = models.CharField(max_length=4, choices=Door, default=Door.BY_DATE)
    opens_at = models.DateTimeField(null=True, blank=True)
    closes_at = models.DateTimeField(null=True, blank=True)
    due_at = models.DateTimeField(null=True, blank=True, help_text="What is handed in later counts as late.")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["cohort", "lesson_key"], name="one_rule_per_cohort_and_lesson"),
            models.CheckConstraint(
                condition=Q(opens_at=None) | Q(closes_at=None) | Q(closes_at__gt=F("opens_at")),
                name="lesson_closes_after_it_opens",
                violation_error_message=_("The lesson would close before it opens."),
            ),
            models.CheckConstraint(condition=Q(door__in=["date", "open", "shut"]), name="lesson_door_known"),
        ]

    def __str__(self) -> str:
        return f"{self.lesson_key} in {self.cohort_id}: {self.door}"

    def is_open(self, now: datetime) -> bool:
        """Whether learners may read the lesson and start its lab now."""
        if self.door != self.Door.BY_DATE:
            return self.door == self.Door.OPEN
        return (self.opens_at is None or now >= self.opens_at) and (self.closes_at is None or now < self.closes_at)


class RevealedSolution(models.Model):
    """A worked solution that an instructor showed to a whole cohort by hand, whatever its policy says."""

    cohort = models.ForeignKey(Cohort, on_delete=models.CASCADE, related_name="revealed_solutions")
    exercise_key = models.CharField(max_length=330, help_text="The same over all revisions.")
    revealed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    revealed_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["cohort", "exercise_key"], name="revealed_once")]

    def __str__(self) -> str:
        return f"{self.exercise_key} in {self.cohort_id}"
