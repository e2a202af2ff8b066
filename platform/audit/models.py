"""One row for every action. Rows are added, never changed."""

from typing import Any

from django.conf import settings
from django.db import models


class EntryIsPermanent(Exception):
    """Raised to programmers: something tried to change or delete an audit entry."""


class Entry(models.Model):
    """One thing that somebody did to something."""

    at = models.DateTimeField(auto_now_add=True, db_index=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text="Empty: the platform itself.",
    )
    action = models.CharField(max_length=64)
    subject_kind = models.CharField(max_length=64)
    subject_id = models.CharField(max_length=64)
    details = models.JSONField(default=dict)

    class Meta:
        verbose_name_plural = "entries"
        indexes = [models.Index(fields=["subject_kind", "subject_id"], name="audit_subject")]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M:%S} {self.action} {self.subject_kind} {self.subject_id}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Insert the entry; raise EntryIsPermanent where it already exists."""
        if self.pk is not None:
            raise EntryIsPermanent("An audit entry cannot be changed.")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        """Raise EntryIsPermanent."""
        raise EntryIsPermanent("An audit entry cannot be deleted.")
