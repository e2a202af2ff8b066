"""What a learner did that no submission shows."""

from django.conf import settings
from django.db import models


class HintUse(models.Model):
    """A learner uncovered a hint. Costs nothing; tells an instructor where a lesson is hard."""

    learner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="hint_uses")
    exercise_key = models.CharField(max_length=330, help_text="The same over all revisions.")
    number = models.PositiveSmallIntegerField(help_text="From 1, in the order of the text.")
    opened_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["learner", "exercise_key", "number"], name="hint_used_once"),
        ]

    def __str__(self) -> str:
        return f"{self.exercise_key} #{self.number} {self.learner_id}"
