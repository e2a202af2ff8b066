"""One row for every action. Rows are added, never changed; the database holds that too (`audit.permanence`)."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NoReturn

from django.conf import settings
from django.db import models


class EntryIsPermanent(Exception):
    """Raised to programmers: something tried to change or delete an audit entry."""


class EntryQuerySet(models.QuerySet["Entry"]):
    """Entries as code sees them. What erases a person goes by `_base_manager`, which has no such guard."""

    def update(self, **_changes: Any) -> NoReturn:
        """Raise EntryIsPermanent."""
        raise EntryIsPermanent("Audit entries cannot be changed.")

    def delete(self) -> NoReturn:
        """Raise EntryIsPermanent."""
        raise EntryIsPermanent("Audit entries cannot be deleted.")

    def by(self, username: str) -> EntryQuerySet:
        """What one person did."""
        return self.filter(actor__username__iexact=username)

    def by_platform(self) -> EntryQuerySet:
        """What the platform did by itself, and what people did who were erased since."""
        return self.filter(actor=None)

    def about(self, kind: str, identity: str = "") -> EntryQuerySet:
        """What was done to things of one kind (`accounts.user`), or to one of them."""
        found = self.filter(subject_kind=kind)
        return found.filter(subject_id=identity) if identity else found

    def between(self, first: datetime | None, last: datetime | None) -> EntryQuerySet:
        """What was done from `first` on and before `last`; None leaves that end open."""
        found = self.filter(at__gte=first) if first else self.all()
        return found.filter(at__lt=last) if last else found


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

    objects = EntryQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "entries"
        indexes = [
            models.Index(fields=["subject_kind", "subject_id"], name="audit_subject"),
            models.Index(fields=["action", "-at"], name="audit_action"),
        ]

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
