"""How a cohort fares with each exercise of a lesson: where it is hard, and which check stops people."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from statistics import median
from typing import Any

from django.db.models import Count, Max, Q

from cohorts.models import Cohort, Role
from courses.models import Exercise, Lesson
from gradebook.queries import finished_submissions
from grading.models import CheckResult, Submission, Verdict
from progress.models import HintUse

MAX_TRIES_SHOWN = 6  # of the distribution; the last column counts those who needed more


@dataclass(frozen=True, kw_only=True)
class FailingCheck:
    """A check that stopped people."""

    kind: str
    expected: Mapping[str, str]
    """By language; empty where the author hides it."""
    learners: int
    times: int


@dataclass(frozen=True, kw_only=True)
class ExerciseStatistics:
    """One exercise, over all learners of a cohort."""

    exercise: Exercise
    learners: int
    """Of the cohort."""
    tried: int
    passed: int
    tries: tuple[int, ...]
    """How many learners asked once, twice, ... before they passed or stopped; the last counts those who asked more."""
    minutes: float | None
    """The median time from the task before, or the start of the lab, to the pass; None where nobody passed in a lab."""
    hints: int
    """Learners who uncovered one."""
    failing: tuple[FailingCheck, ...]
    """The checks that failed most, the worst first."""

    @property
    def stuck(self) -> int:
        """Learners who tried and have not passed."""
        return self.tried - self.passed


def lesson_statistics(cohort: Cohort, lesson: Lesson) -> list[ExerciseStatistics]:
    """Return the figures of each exercise of a lesson. Six queries."""
    exercises = list(lesson.exercises.defer("document"))
    submissions = finished_submissions(cohort).filter(exercise_key__in=[each.key for each in exercises])
    learners = cohort.enrolments.filter(role=Role.LEARNER).count()
    rows = (
        submissions.order_by()
        .values("exercise_key", "learner_id")
        .annotate(
            asked=Count("pk", filter=Q(origin=Submission.Origin.ASKED)),
            passes=Count("pk", filter=Q(verdict=Verdict.PASS)),
        )
    )
    by_exercise: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for row in rows:
        by_exercise[row["exercise_key"]].append(row)
    minutes, hints, failing = _minutes(submissions), _hints(cohort, exercises), _failing(submissions)
    return [
        ExerciseStatistics(
            exercise=exercise,
            learners=learners,
            tried=len(by_exercise[exercise.key]),
            passed=sum(row["passes"] > 0 for row in by_exercise[exercise.key]),
            tries=_distribution(row["asked"] for row in by_exercise[exercise.key]),
            minutes=median(minutes[exercise.key]) if exercise.key in minutes else None,
            hints=hints.get(exercise.key, 0),
            failing=tuple(failing.get(exercise.key, ())),
        )
        for exercise in exercises
    ]


def _distribution(asked: Iterable[int]) -> tuple[int, ...]:
    """Count learners by how often they asked; who never did was found to be done by itself and counts as once."""
    columns = [0] * MAX_TRIES_SHOWN
    for times in asked:
        columns[min(max(times, 1), MAX_TRIES_SHOWN) - 1] += 1
    return tuple(columns)


def _minutes(submissions: Any) -> dict[str, list[float]]:
    """Return how long each pass took: since the pass before it in the same lab, or since the lab was ready."""
    passes = (
        submissions.filter(verdict=Verdict.PASS, lab_session__ready_at__isnull=False)
        .order_by("lab_session", "finished_at")
        .values_list("lab_session_id", "exercise_key", "learner_id", "finished_at", "lab_session__ready_at")
    )
    taken: dict[str, list[float]] = defaultdict(list)
    seen: set[tuple[int, str]] = set()
    before: dict[Any, datetime] = {}
    for session, key, learner, finished, ready in passes:
        if (learner, key) not in seen:  # a pass is a pass once
            seen.add((learner, key))
            taken[key].append(max(0.0, (finished - before.get(session, ready)).total_seconds() / 60))
        before[session] = finished
    return dict(taken)


def _hints(cohort: Cohort, exercises: Iterable[Exercise]) -> dict[str, int]:
    learners = cohort.enrolments.filter(role=Role.LEARNER).values("user")
    used = HintUse.objects.filter(exercise_key__in=[each.key for each in exercises], learner__in=learners)
    counted = used.order_by().values("exercise_key").annotate(learners=Count("learner", distinct=True))
    return dict(counted.values_list("exercise_key", "learners"))


def _failing(submissions: Any) -> dict[str, list[FailingCheck]]:
    failed = CheckResult.objects.filter(submission__in=submissions, verdict=Verdict.FAIL)
    groups = list(
        failed.order_by()
        .values("submission__exercise_key", "position", "kind")
        .annotate(times=Count("pk"), learners=Count("submission__learner", distinct=True), latest=Max("pk"))
        .order_by("-learners", "-times")
    )
    expected = dict(
        CheckResult.objects.filter(pk__in=[group["latest"] for group in groups]).values_list("pk", "expected")
    )
    found: dict[str, list[FailingCheck]] = defaultdict(list)
    for group in groups:
        check = FailingCheck(
            kind=group["kind"],
            expected=expected[group["latest"]],
            learners=group["learners"],
            times=group["times"],
        )
        found[group["submission__exercise_key"]].append(check)
    return dict(found)
