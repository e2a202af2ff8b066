"""Noting that people are there: written by sockets, since pages that are only read write nothing."""

from collections.abc import Collection
from datetime import datetime

from accounts.models import User
from classroom.models import Presence


def note_arrival(*, user: User, lesson_key: str, now: datetime) -> None:
    """Note that a page of `user` was opened, at a lesson where `lesson_key` is not empty."""
    changes: dict[str, object] = {"seen_at": now}
    if lesson_key and not Presence.objects.filter(user=user, lesson_key=lesson_key).exists():
        changes |= {"lesson_key": lesson_key, "lesson_since": now}
    Presence.objects.update_or_create(user=user, defaults=changes)


def note_still_there(user_ids: Collection[int], now: datetime) -> None:
    """Note that pages of these people are still open. One statement for all of them."""
    Presence.objects.filter(user__in=user_ids).update(seen_at=now)
