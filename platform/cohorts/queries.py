"""Questions about what a person's cohorts give them, for who asks only one; `Grants` answers several."""

from datetime import datetime

from accounts.models import User
from cohorts.grants import Grants


def readable_courses(user: User) -> set[int] | None:
    """Return the ids of the courses that `user` may read; None for all of them."""
    return Grants(user).courses


def shut_lessons(user: User, now: datetime) -> dict[str, datetime | None]:
    """Return the keys of the lessons that are shut for `user` now, each with when it opens, where that is known."""
    return {key: reason.opens_at for key, reason in Grants(user).shut_lessons(now).items()}
