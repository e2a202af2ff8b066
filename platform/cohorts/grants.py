"""What a person's cohorts give them: which courses and lessons, how much of the server, which solutions.

Somebody who learns in several cohorts gets what the most generous of them gives. Somebody who learns in none reads
everything where the installation is open (`MUELLE_OPEN_COURSES`), within the limits of the installation, and sees no
solution. Who teaches a course, in whatever cohort, sees all of it at any time.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from django.conf import settings

from accounts.models import User
from cohorts.models import Cohort, Enrolment, LessonRule, RevealedSolution, Role, SolutionPolicy


@dataclass(frozen=True)
class Shut:
    """Why a lesson cannot be read now."""

    opens_at: datetime | None = None
    """When it opens by itself; None where somebody has to open it."""
    since: datetime | None = None
    """When its time was over; None where it has not begun, or somebody shut it by hand."""


@dataclass(frozen=True)
class Quota:
    """How much of the server a learner may have."""

    sessions: int
    """At once."""
    minutes_a_day: int | None = None
    """Of lab sessions; None: no limit."""
    profiles: frozenset[str] | None = None
    """Kinds of sandboxes; None: all."""


@dataclass
class Grants:
    """Asks the database once for each kind of thing, and only when it is needed."""

    user: User

    @property
    def is_staff(self) -> bool:
        """Whether the installation itself lets them see everything."""
        return self.user.is_active and (self.user.is_staff or self.user.is_superuser)

    @cached_property
    def _enrolments(self) -> list[Enrolment]:
        mine = Enrolment.objects.filter(user=self.user).select_related("cohort")
        return list(mine.prefetch_related("cohort__courses"))

    @property
    def cohorts(self) -> list[Cohort]:
        """The active cohorts that they learn in."""
        mine = self._enrolments
        return [each.cohort for each in mine if each.role == Role.LEARNER and not each.cohort.is_archived]

    @property
    def teaches_somewhere(self) -> bool:
        return self.is_staff or any(each.role != Role.LEARNER for each in self._enrolments)

    def teaches(self, slug: str) -> bool:
        """Whether they teach or assist in a cohort that has this course."""
        taught = (each.cohort for each in self._enrolments if each.role != Role.LEARNER)
        return self.is_staff or any(_has(cohort, slug) for cohort in taught)

    @cached_property
    def courses(self) -> set[int] | None:
        """The ids of the courses that they may read; None for all of them."""
        if self.teaches_somewhere:
            return None
        if self.cohorts:
            return {course.pk for cohort in self.cohorts for course in cohort.courses.all()}
        return None if settings.MUELLE_OPEN_COURSES else set()

    def may_read(self, slug: str) -> bool:
        """Whether they may read the course `slug`, so far as its lessons are open."""
        return self.courses is None or any(_has(cohort, slug) for cohort in self.cohorts)

    @cached_property
    def _rules(self) -> dict[str, dict[int, LessonRule]]:
        """By lesson and cohort."""
        found: dict[str, dict[int, LessonRule]] = {}
        if self.is_staff or not self.cohorts:
            return found
        for rule in LessonRule.objects.filter(cohort__in=[cohort.pk for cohort in self.cohorts]):
            found.setdefault(rule.lesson_key, {})[rule.cohort_id] = rule
        return found

    def shut(self, lesson_key: str, now: datetime) -> Shut | None:
        """Why a lesson is shut for them, which it is where every cohort in which they learn it keeps it shut."""
        slug = lesson_key.split("/")[0]
        rules = self._rules.get(lesson_key)
        if not rules or self.teaches(slug):
            return None
        learned = [rules.get(cohort.pk) for cohort in self.cohorts if _has(cohort, slug)]
        shut = [rule for rule in learned if rule is not None and not rule.is_open(now)]
        return _reason(shut, now) if shut and len(shut) == len(learned) else None

    def shut_lessons(self, now: datetime) -> dict[str, Shut]:
        """Every lesson that is shut for them, by its key."""
        reasons = {key: self.shut(key, now) for key in self._rules}
        return {key: reason for key, reason in reasons.items() if reason is not None}

    @property
    def quota(self) -> Quota:
        """How much they may have. What a cohort gives stays within what the installation gives."""
        most: int = settings.MUELLE_MAX_SESSIONS_PER_LEARNER
        if self.is_staff or not self.cohorts:
            return Quota(sessions=most)
        minutes = [cohort.max_minutes_a_day for cohort in self.cohorts]
        profiles = [cohort.profiles for cohort in self.cohorts]
        return Quota(
            sessions=min(most, max(_or(cohort.max_sessions, most) for cohort in self.cohorts)),
            minutes_a_day=None if None in minutes else max(each for each in minutes if each is not None),
            profiles=frozenset(name for names in profiles for name in names) if all(profiles) else None,
        )

    def solutions(self, keys: Iterable[str], passed: Collection[str], now: datetime) -> set[str]:
        """Return which of the tasks `keys`, all of one course, may be shown with their solutions.

        `passed` are those that the person has done.
        """
        wanted = list(keys)
        if not wanted:
            return set()
        slug = wanted[0].split("/")[0]
        if self.teaches(slug):
            return set(wanted)
        learned = [cohort for cohort in self.cohorts if _has(cohort, slug)]
        if any(_shows_to_all(cohort, now) for cohort in learned):
            return set(wanted)
        after_pass = any(cohort.solutions == SolutionPolicy.AFTER_PASS for cohort in learned)
        shown = {key for key in wanted if key in passed} if after_pass else set()
        by_hand = RevealedSolution.objects.filter(cohort__in=[each.pk for each in learned], exercise_key__in=wanted)
        return shown | set(by_hand.values_list("exercise_key", flat=True) if learned else ())


def _has(cohort: Cohort, slug: str) -> bool:
    return any(course.slug == slug for course in cohort.courses.all())


def _or(value: int | None, otherwise: int) -> int:
    return otherwise if value is None else value


def _shows_to_all(cohort: Cohort, now: datetime) -> bool:
    after = cohort.solutions_at if cohort.solutions == SolutionPolicy.AFTER_DATE else None
    return after is not None and now >= after


def _reason(rules: list[LessonRule], now: datetime) -> Shut:
    """Return what the first door to open says; where none opens by itself, when the last one shut."""
    dated = [rule for rule in rules if rule.door == LessonRule.Door.BY_DATE]
    opening = [rule.opens_at for rule in dated if rule.opens_at is not None and rule.opens_at > now]
    if opening:
        return Shut(opens_at=min(opening))
    closed = [rule.closes_at for rule in dated if rule.closes_at is not None]
    return Shut(since=max(closed, default=None))
