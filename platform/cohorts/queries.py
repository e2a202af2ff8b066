"""What a person's cohorts give them: which courses, which lessons, which limits.

Somebody who learns in several cohorts gets what the most generous of them gives. Somebody who learns in none reads
everything where the installation is open (`MUELLE_OPEN_COURSES`), and nothing elsewhere; who teaches reads everything.
"""

from collections.abc import Iterable
from datetime import datetime

from django.conf import settings

from accounts.models import User
from cohorts.models import Cohort, LessonRule
from courses.models import Course


def readable_courses(user: User) -> set[int] | None:
    """Return the ids of the courses that `user` may read; None for all of them. One query, or two."""
    if user.is_staff or user.is_superuser or Cohort.objects.seen_by(user).exists():
        return None
    mine = Cohort.objects.learned_by(user)
    if mine.exists():
        return set(Course.objects.filter(cohorts__in=mine).values_list("pk", flat=True))
    return None if settings.MUELLE_OPEN_COURSES else set()


def shut_lessons(user: User, now: datetime) -> dict[str, datetime | None]:
    """Return the keys of the lessons that are shut for `user` now, each with when it opens, where that is known.

    A lesson is shut where every cohort in which they learn its course keeps it shut.
    """
    cohorts = {
        cohort.pk: {course.slug for course in cohort.courses.all()}
        for cohort in Cohort.objects.learned_by(user).prefetch_related("courses")
    }
    rules = list(LessonRule.objects.filter(cohort__in=cohorts))
    if user.is_staff or user.is_superuser or not rules:
        return {}
    shut: dict[str, datetime | None] = {}
    for key in {rule.lesson_key for rule in rules}:
        teaching = {pk for pk, slugs in cohorts.items() if key.split("/")[0] in slugs}
        closed = {rule.cohort_id: rule for rule in rules if rule.lesson_key == key and not rule.is_open(now)}
        if teaching and teaching <= set(closed):
            shut[key] = _opens_next((closed[pk] for pk in teaching), now)
    return shut


def _opens_next(rules: Iterable[LessonRule], now: datetime) -> datetime | None:
    """Return the next moment at which one of the doors opens by itself."""
    waits = [rule.opens_at for rule in rules if rule.door == LessonRule.Door.BY_DATE and rule.opens_at]
    return min((moment for moment in waits if moment > now), default=None)
