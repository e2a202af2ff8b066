"""One learner of a class, closely: what they handed in, what was found, their labs, and the time on each task."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Max, Prefetch, Q

from accounts.models import User
from cohorts.models import Cohort
from courses.models import Exercise
from gradebook.queries import Column, columns_of
from grading.models import CheckResult, Submission, Verdict
from lab_sessions.models import LabSession
from progress.models import HintUse

MAX_SUBMISSIONS = 60  # of the newest: a page that one can read
MAX_SESSIONS = 20
MAX_EVIDENCE = 4000  # letters of one check's evidence; what learners' machines say has no end


@dataclass(frozen=True, kw_only=True)
class Result:
    """What one check found, and what it was computed from."""

    row: CheckResult
    evidence: str
    cut: bool


@dataclass(frozen=True, kw_only=True)
class Handed:
    """One submission."""

    submission: Submission
    exercise: Exercise | None
    results: tuple[Result, ...]


@dataclass(frozen=True, kw_only=True)
class TaskTime:
    """How long somebody was at one task, as far as one can know: from what came before it to its pass."""

    exercise: Exercise
    minutes: int | None
    """None where they were never at it."""
    passed: bool
    tries: int
    hints: int


@dataclass(frozen=True, kw_only=True)
class LessonTime:
    """The tasks of one lesson that somebody was in."""

    column: Column
    tasks: tuple[TaskTime, ...]


@dataclass(frozen=True, kw_only=True)
class Drill:
    """Everything of one learner that their instructors are shown, of the courses of one class."""

    learner: User
    handed: tuple[Handed, ...]
    sessions: tuple[LabSession, ...]
    lessons: tuple[LessonTime, ...]


def drill(cohort: Cohort, learner: User, now: datetime) -> Drill:
    """Return what one learner of a cohort did in its courses. A fixed number of queries."""
    columns = columns_of(cohort)
    exercises = {each.key: each for column in columns for each in column.exercises}
    rows = (
        Submission.objects.filter(learner=learner, exercise_key__in=exercises)
        .visible()
        .prefetch_related(Prefetch("results", CheckResult.objects.order_by("position")))
    )
    lessons = [column.lesson.key for column in columns]
    sessions = LabSession.objects.filter(learner=learner, lab_key__in=lessons).select_related("sandbox")
    starts = _starts(sessions)
    return Drill(
        learner=learner,
        handed=tuple(
            Handed(
                submission=row,
                exercise=exercises.get(row.exercise_key),
                results=tuple(_result(each) for each in row.results.all()),
            )
            for row in rows[:MAX_SUBMISSIONS]
        ),
        sessions=tuple(sessions[:MAX_SESSIONS]),
        lessons=tuple(_times(learner, columns, starts, now)),
    )


def shown_evidence(evidence: object) -> tuple[str, bool]:
    """Return evidence as text, and whether it was cut. Hostile by nature: whoever shows it escapes it."""
    text = json.dumps(evidence, ensure_ascii=False, indent=1, sort_keys=True)
    return text[:MAX_EVIDENCE], len(text) > MAX_EVIDENCE


def _result(row: CheckResult) -> Result:
    text, cut = shown_evidence(row.evidence) if row.evidence else ("", False)
    return Result(row=row, evidence=text, cut=cut)


def _starts(sessions: Iterable[LabSession]) -> dict[str, tuple[datetime, datetime | None]]:
    """Return by lesson when the first lab began and when the last one ended; None where one is running."""
    found: dict[str, tuple[datetime, datetime | None]] = {}
    for session in sorted(sessions, key=lambda each: each.created_at):
        begun = session.ready_at or session.created_at
        first = found[session.lab_key][0] if session.lab_key in found else begun
        found[session.lab_key] = (first, None if session.is_live else session.ended_at)
    return found


def _times(
    learner: User, columns: tuple[Column, ...], starts: dict[str, tuple[datetime, datetime | None]], now: datetime
) -> list[LessonTime]:
    keys = [each.key for column in columns for each in column.exercises]
    done = Submission.objects.filter(learner=learner, exercise_key__in=keys, state=Submission.State.DONE).order_by()
    rows = done.values("exercise_key").annotate(
        tries=Count("pk", filter=Q(origin=Submission.Origin.ASKED)),
        at=Max("finished_at", filter=Q(verdict=Verdict.PASS)),
    )
    known: dict[str, dict[str, Any]] = {row["exercise_key"]: dict(row) for row in rows}
    hints: dict[str, int] = dict(
        HintUse.objects.filter(learner=learner, exercise_key__in=keys)
        .order_by()
        .values_list("exercise_key")
        .annotate(number=Count("pk"))
    )
    lessons = []
    for column in columns:
        begun = starts.get(column.lesson.key)
        tasks = [each for each in column.exercises if each.kind == Exercise.Kind.TASK]
        if begun is None or not tasks:
            continue
        passes = {task.key: known[task.key]["at"] for task in tasks if known.get(task.key, {}).get("at")}
        minutes = _minutes(tasks, passes, begun[0], begun[1] or now)
        lines = (
            TaskTime(
                exercise=task,
                minutes=minutes.get(task.key),
                passed=task.key in passes,
                tries=known.get(task.key, {}).get("tries", 0),
                hints=hints.get(task.key, 0),
            )
            for task in tasks
        )
        lessons.append(LessonTime(column=column, tasks=tuple(lines)))
    return lessons


def _minutes(tasks: list[Exercise], passes: dict[str, datetime], begun: datetime, end: datetime) -> dict[str, int]:
    """Return the time from one pass to the next, in the order in which they came; the first open task has the rest."""
    found: dict[str, int] = {}
    moment = begun
    for key, at in sorted(passes.items(), key=lambda pair: pair[1]):
        found[key] = max(0, round((at - moment).total_seconds() / 60))
        moment = max(moment, at)
    first_open = next((task.key for task in tasks if task.key not in passes), None)
    if first_open is not None:
        found[first_open] = max(0, round((end - moment).total_seconds() / 60))
    return found
