"""Draining: what runs goes on, nothing new starts, and learners are told why. An admin's switch, on and off."""

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.permissions import check_admin
from audit.actions import record
from lab_sessions.models import Drain


def drain_starts(*, by: User, sentence: str = "") -> Drain:
    """Let no new lab session start, or return the drain that is on already. Raises PermissionDenied.

    `sentence` is what learners read when they press start; empty: the platform's own words.
    """
    check_admin(by)
    try:
        with transaction.atomic():
            drain = Drain.objects.create(by=by, sentence=sentence.strip())
            record(by=by, action="drain_starts", subject=drain, sentence=drain.sentence)
    except IntegrityError:  # somebody was faster, and the constraint kept it to one
        return Drain.objects.on().get()
    return drain


@transaction.atomic
def resume_starts(*, by: User) -> bool:
    """Let labs start again; return False where they do. Raises PermissionDenied. Those who wait start by themselves."""
    check_admin(by)
    drain = Drain.objects.on().first()
    if drain is None or not Drain.objects.on().filter(pk=drain.pk).update(is_on=False, over_at=timezone.now()):
        return False
    record(by=by, action="resume_starts", subject=drain)
    return True


def why_none_starts() -> str:
    """Return the sentence for a learner who presses start while the server is drained; empty while it is not."""
    drain = Drain.objects.on().first()
    if drain is None:
        return ""
    return drain.sentence or _(
        "This server is about to be looked after, so no new labs start now. Lessons and your progress are there; "
        "labs that run go on."
    )
