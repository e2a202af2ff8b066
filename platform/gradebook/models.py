"""The one thing about grades that is stored: what an instructor decided by hand. All else is computed."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from cohorts.models import Cohort


class GradeOverrideQuerySet(models.QuerySet["GradeOverride"]):
    def in_force(self) -> GradeOverrideQuerySet:
        """Overrides that nobody has withdrawn or replaced."""
        return self.filter(withdrawn_at=None)


class GradeOverride(models.Model):
    """Points that an instructor gave by hand, and why. They count whatever was handed in."""

    cohort = models.ForeignKey(Cohort, on_delete=models.CASCADE, related_name="grade_overrides")
    learner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="grade_overrides")
    exercise_key = models.CharField(max_length=330, help_text="The same over all revisions.")
    points = models.DecimalField(max_digits=6, decimal_places=2)
    reason = models.CharField(max_length=300)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    objects = GradeOverrideQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["cohort", "learner", "exercise_key"],
                condition=Q(withdrawn_at=None),
                name="one_override_in_force_per_learner_and_exercise",
            ),
            models.CheckConstraint(condition=Q(points__gte=0), name="override_is_not_negative"),
            models.CheckConstraint(condition=~Q(reason=""), name="override_says_why"),
        ]

    def __str__(self) -> str:
        return f"{self.exercise_key} {self.learner_id}: {self.points}"
