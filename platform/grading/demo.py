"""Invented work of an invented class, for looking at pages: who is quick, who is stuck, who was never there."""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from decimal import Decimal

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from cohorts.demo import make_demo_learners
from cohorts.models import Cohort
from courses.models import Exercise, Lab, Lesson
from grading.models import CheckResult, Submission, Verdict
from lab_sessions.models import LabSession
from lab_sessions.transitions import State

DAYS = 14  # before now that the class began
MOST_TRIES = 4  # that somebody makes at one exercise before they go on


@transaction.atomic
def make_demo_class(*, cohort: Cohort, learners: int, seed: int = 1) -> list[User]:
    """Fill `cohort` with invented people and what they did in its lessons, and return them. Raises DemoNotAllowed.

    The same seed invents the same. Who has handed anything in is left alone.
    """
    luck = random.Random(seed)  # noqa: S311  # nothing secret is drawn
    people = make_demo_learners(cohort, learners, luck)
    lessons = list(
        Lesson.objects.filter(revision__in=cohort.courses.values("current"))
        .select_related("chapter")
        .prefetch_related("exercises")
    )
    busy = set(Submission.objects.filter(learner__in=people).values_list("learner_id", flat=True))
    for person in people:
        skill, zeal = luck.uniform(0.35, 0.95), luck.choice((0.0, 0.3, 0.5, 0.7, 0.85, 1.0, 1.0))
        if person.pk not in busy and zeal:
            _Learner(person, skill, zeal, luck).work_through(lessons)
    return people


class _Learner:
    def __init__(self, person: User, skill: float, zeal: float, luck: random.Random) -> None:
        self.person, self.skill, self.zeal, self.luck = person, skill, zeal, luck
        self.clock = timezone.now() - timedelta(days=DAYS, minutes=luck.randint(0, 600))

    def work_through(self, lessons: list[Lesson]) -> None:
        """Do lessons in their order until zeal runs out: what comes last is done by few."""
        for lesson in lessons[: max(1, round(len(lessons) * self.zeal))]:
            exercises = list(lesson.exercises.all())
            session = self._session(lesson)
            stop = len(exercises) if self.luck.random() < self.skill else self.luck.randint(1, len(exercises) or 1)
            for exercise in exercises[:stop]:
                self._try(exercise, session if exercise.kind == Exercise.Kind.TASK else None)
            self._close(session)
            self._pass_time(60 * 24 * DAYS / (len(lessons) + 1))
        User.objects.filter(pk=self.person.pk).update(last_login=min(self.clock, timezone.now()))

    def _try(self, exercise: Exercise, session: LabSession | None) -> None:
        for number in range(MOST_TRIES):
            self._pass_time(6)
            right = self.luck.random() < self.skill - 0.04 * exercise.position + 0.1 * number
            self._submit(exercise, session, right=right, asked=number > 0 or self.luck.random() < 0.5 or not right)
            if right:
                return

    def _submit(self, exercise: Exercise, session: LabSession | None, *, right: bool, asked: bool) -> None:
        points = Decimal(exercise.points) if right else Decimal(self.luck.randint(0, max(0, exercise.points - 1)))
        automatic = right and session is not None and not asked
        row = Submission.objects.create(
            learner=self.person,
            exercise=exercise,
            exercise_key=exercise.key,
            lab_session=session,
            generation=1 if session else 0,
            origin=Submission.Origin.AUTOMATIC if automatic else Submission.Origin.ASKED,
            state=Submission.State.DONE,
            verdict=Verdict.PASS if right else Verdict.FAIL,
            points=points,
            finished_at=self.clock,
        )
        Submission.objects.filter(pk=row.pk).update(created_at=self.clock)
        checks = exercise.document.get("expect", []) if session else []
        for position, check in enumerate(checks):
            wrong = not right and position == len(checks) - 1
            CheckResult.objects.create(
                submission=row,
                position=position,
                kind=check["kind"],
                verdict=Verdict.FAIL if wrong else Verdict.PASS,
                expected={"es": "Lo que pide la tarea", "en": "What the task asks for"},
                found={"es": "Todavía no", "en": "Not yet"} if wrong else {},
            )
            if wrong:
                break

    def _session(self, lesson: Lesson) -> LabSession | None:
        lab = Lab.objects.filter(lesson=lesson).first()
        if lab is None:
            return None
        return LabSession.objects.create(
            learner=self.person,
            lab=lab,
            lab_key=lab.key,
            state=State.ENDED,
            ended_reason=LabSession.Reason.LEARNER,
            ready_at=self.clock,
            expires_at=self.clock + timedelta(minutes=lab.definition.minutes),
            ended_at=self.clock,
        )

    def _close(self, session: LabSession | None) -> None:
        if session is not None:
            rows = LabSession.objects.filter(pk=session.pk)
            rows.update(created_at=session.ready_at, last_activity_at=self.clock, ended_at=self.clock)

    def _pass_time(self, minutes: float) -> None:
        """Move on by about that much, and never beyond now."""
        later: datetime = self.clock + timedelta(minutes=minutes * self.luck.uniform(0.3, 1.7))
        self.clock = min(later, timezone.now() - timedelta(minutes=self.luck.randint(1, 90)))
