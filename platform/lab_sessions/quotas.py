"""What a learner may still have of this server today."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from cohorts.grants import Grants
from courses.models import Lab
from lab_sessions.models import LabSession
from lab_sessions.timing import EXTENSION, LEAST_TIME, scaled

DAY = timedelta(days=1)


class QuotaUsedUp(Exception):
    """Shown to the learner: which limit of their classes or of the server stands in the way. The text is translated."""


def check_start(learner: User, lab: Lab) -> None:
    """Raise QuotaUsedUp where `learner` has as many sessions as they may, or none of this kind, or no time left."""
    quota = Grants(learner).quota
    if quota.sessions == 0:
        raise QuotaUsedUp(_("Your class uses no labs now. Ask your instructor if you need one."))
    if LabSession.objects.live().filter(learner=learner).count() >= quota.sessions:
        raise QuotaUsedUp(_("You have other labs running. End one of them, then start this one."))
    if quota.profiles is not None and lab.definition.profile not in quota.profiles:
        raise QuotaUsedUp(_("Your class does not use labs of this kind. Ask your instructor if you need one."))
    left = time_left(learner, quota.minutes_a_day, timezone.now())
    if left is not None and left < scaled(LEAST_TIME):
        raise QuotaUsedUp(_used_up(quota.minutes_a_day or 0))


def check_extension(learner: User) -> None:
    """Raise QuotaUsedUp where what one extension gives is more than `learner` has left today."""
    minutes = Grants(learner).quota.minutes_a_day
    left = time_left(learner, minutes, timezone.now())
    if left is not None and left < scaled(EXTENSION):
        raise QuotaUsedUp(_used_up(minutes or 0))


def deadline(learner: User, wanted: datetime, now: datetime) -> datetime:
    """Return when a session that begins now ends: at `wanted`, or when the learner's time of today is over."""
    left = time_left(learner, Grants(learner).quota.minutes_a_day, now)
    return wanted if left is None else min(wanted, now + left)


def time_left(learner: User, minutes_a_day: int | None, now: datetime) -> timedelta | None:
    """Return how much lab time `learner` has left today, in the server's time zone; None where there is no limit.

    What a live session may take until its deadline is taken already, so that no number of sessions is too many; who
    ends one early has the rest back.
    """
    if minutes_a_day is None:
        return None
    midnight = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    tomorrow = midnight + DAY
    mine = LabSession.objects.filter(learner=learner, ready_at__lt=tomorrow)
    ends = mine.annotate(until=Coalesce("ended_at", "expires_at")).filter(until__gt=midnight)
    taken = timedelta()
    for begun, until in ends.values_list("ready_at", "until"):
        if begun is not None:
            taken += max(timedelta(), min(until, tomorrow) - max(begun, midnight))
    given: timedelta = timedelta(minutes=minutes_a_day) / settings.MUELLE_TIME_SCALE
    return max(timedelta(), given - taken)


def _used_up(minutes: int) -> str:
    sentence = ngettext(
        "Your class gives you %(minutes)d minute of labs a day, and today's are used up or taken by labs that run.",
        "Your class gives you %(minutes)d minutes of labs a day, and today's are used up or taken by labs that run.",
        minutes,
    )
    return sentence % {"minutes": minutes}
