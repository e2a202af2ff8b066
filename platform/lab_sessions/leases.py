"""Leadership by a row in the database: one holder at a time, replaced when it stops renewing."""

from datetime import timedelta

from django.db import IntegrityError
from django.db.models import Q
from django.utils import timezone

from lab_sessions.models import Lease


def hold(name: str, holder: str, duration: timedelta) -> bool:
    """Take or renew the lease `name` for `holder`; return False while somebody else holds it."""
    now = timezone.now()
    mine_or_free = Q(holder=holder) | Q(expires_at__lt=now)
    if Lease.objects.filter(mine_or_free, name=name).update(holder=holder, expires_at=now + duration):
        return True
    if Lease.objects.filter(name=name).exists():
        return False
    try:
        Lease.objects.create(name=name, holder=holder, expires_at=now + duration)
    except IntegrityError:  # another process created it between the look and the insert
        return False
    return True


def release(name: str, holder: str) -> None:
    """Give the lease up, so that the next process need not wait for it to lapse."""
    Lease.objects.filter(name=name, holder=holder).delete()
