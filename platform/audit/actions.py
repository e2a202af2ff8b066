"""What every action shares: it writes the record, or says why not."""

from django.db import models

from accounts.models import User
from audit.models import Entry


class NotPossible(Exception):
    """Shown to who asked: why this cannot be done now. The text is translated; pages and the API pass it on."""


def record(*, by: User | None, action: str, subject: models.Model, **details: object) -> Entry:
    """Add one entry, in the caller's transaction.

    `by` is None when the platform itself acts. `details` must be JSON values and hold no secret and no keystroke.
    """
    return Entry.objects.create(
        actor=by, action=action, subject_kind=subject._meta.label_lower, subject_id=str(subject.pk), details=details
    )
