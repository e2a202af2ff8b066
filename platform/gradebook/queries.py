"""The gradebook of a cohort. A fixed number of queries, however many people and lessons it has."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import BooleanField, Case, Count, F, Max, Prefetch, Q, QuerySet, Value, When

from accounts.models import User
from cohorts.models import Cohort, LessonRule, Role
from courses.models import Exercise, Lesson, LessonText
from gradebook.models import GradeOverride
from gradebook.policy import Grade, Handed, add_up, grade_of
from grading.models import Submission, Verdict

Key = tuple[int, str]  # a learner and an exercise


@dataclass(frozen=True, kw_only=True)
class Column:
    """A lesson of the cohort's courses. `lesson.title` and its exercises query nothing."""

    lesson: Lesson
    exercises: tuple[Exercise, ...]
    due_at: datetime | None

    @property
    def points(self) -> int:
        return sum(exercise.points for exercise in self.exercises)


@dataclass(frozen=True, kw_only=True)
class Row:
    """A learner, with a grade for each lesson in the order of the columns."""

    learner: User
    lessons: tuple[Grade, ...]
    exercises: Mapping[str, Grade]
    """By the key of the exercise."""
    total: Grade


@dataclass(frozen=True, kw_only=True)
class GradeBook:
    """Learners by name, lessons in the order of their courses."""

    cohort: Cohort
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]

    @property
    def points(self) -> int:
        return sum(column.points for column in self.columns)

    @property
    def averages(self) -> list[int]:
        """The mean of each column, in percent; 0 for nobody."""
        count = len(self.rows) or 1
        return [sum(row.lessons[place].percent for row in self.rows) // count for place in range(len(self.columns))]


def grade_book(cohort: Cohort, *, learner_id: int | None = None) -> GradeBook:
    """Return all grades of a cohort, or those of one of its learners. Seven queries."""
    columns = columns_of(cohort)
    enrolments = cohort.enrolments.learners()
    if learner_id is not None:
        enrolments = enrolments.filter(user=learner_id)
    learners = [enrolment.user for enrolment in enrolments]
    handed = _handed([learner.pk for learner in learners], columns)
    overrides = {
        (row.learner_id, row.exercise_key): row.points
        for row in GradeOverride.objects.in_force().filter(cohort=cohort, learner__in=[each.pk for each in learners])
    }
    return GradeBook(
        cohort=cohort,
        columns=columns,
        rows=tuple(_row(learner, columns, handed, overrides, cohort.late_percent) for learner in learners),
    )


def columns_of(cohort: Cohort) -> tuple[Column, ...]:
    """Return the lessons of the cohort's courses that ask for something, as readers see them now. Five queries."""
    due = dict(LessonRule.objects.filter(cohort=cohort).values_list("lesson_key", "due_at"))
    lessons = (
        Lesson.objects.filter(revision=F("revision__course__current"), revision__course__cohorts=cohort)
        .select_related("chapter")
        .prefetch_related(
            # The texts themselves are long, and nothing here shows them.
            Prefetch("texts", LessonText.objects.defer("document")),
            Prefetch("exercises", Exercise.objects.defer("document")),
        )
        .order_by("revision__course__slug", "chapter__number", "number")
    )
    columns = (
        Column(lesson=lesson, exercises=tuple(lesson.exercises.all()), due_at=due.get(lesson.key)) for lesson in lessons
    )
    return tuple(column for column in columns if column.exercises)


def finished_submissions(cohort: Cohort) -> QuerySet[Submission]:
    """Return what the cohort's learners handed in and was judged."""
    learners = cohort.enrolments.filter(role=Role.LEARNER).values("user")
    return Submission.objects.filter(learner__in=learners, state=Submission.State.DONE)


def _row(
    learner: User,
    columns: Iterable[Column],
    handed: Mapping[Key, Handed],
    overrides: Mapping[Key, Decimal],
    late_percent: int,
) -> Row:
    grades: dict[str, Grade] = {}
    lessons = []
    for column in columns:
        for exercise in column.exercises:
            key = (learner.pk, exercise.key)
            grades[exercise.key] = grade_of(
                handed.get(key, Handed()),
                points=exercise.points,
                late_percent=late_percent,
                override=overrides.get(key),
            )
        lessons.append(add_up(grades[exercise.key] for exercise in column.exercises))
    return Row(learner=learner, lessons=tuple(lessons), exercises=grades, total=add_up(lessons))


def _handed(learners: list[int], columns: Iterable[Column]) -> dict[Key, Handed]:
    """Return the best of each learner and exercise. One query: only sums leave the database."""
    exercises = {exercise.key: exercise for column in columns for exercise in column.exercises}
    rows = (
        Submission.objects.filter(learner__in=learners, exercise_key__in=exercises, state=Submission.State.DONE)
        .annotate(in_time=_in_time(columns))
        .order_by()
        .values("learner_id", "exercise_key")
        .annotate(
            tries=Count("pk"),
            best=Max("points"),
            passes=Count("pk", filter=Q(verdict=Verdict.PASS)),
            best_in_time=Max("points", filter=Q(in_time=True)),
            passes_in_time=Count("pk", filter=Q(verdict=Verdict.PASS, in_time=True)),
        )
    )
    return {(row["learner_id"], row["exercise_key"]): _best(row, exercises[row["exercise_key"]].points) for row in rows}


def _best(row: Mapping[str, Any], points: int) -> Handed:
    """A pass is worth all points, also where a later revision changed them."""
    whole = Decimal(points)
    return Handed(
        on_time=whole if row["passes_in_time"] else row["best_in_time"] or Decimal(0),
        at_all=whole if row["passes"] else row["best"] or Decimal(0),
        passed=row["passes"] > 0,
        tried=row["tries"] > 0,
    )


def _in_time(columns: Iterable[Column]) -> Case:
    """Whether a submission was handed in before its lesson was due. Where nothing is due, all are."""
    late = [
        When(exercise_key__startswith=f"{column.lesson.key}/", created_at__gt=column.due_at, then=Value(False))
        for column in columns
        if column.due_at is not None
    ]
    return Case(*late, default=Value(True), output_field=BooleanField())
