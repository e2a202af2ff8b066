"""The checks that count for a learner: those of the lab, or those that an instructor put in their place.

A correction belongs to one cohort and replaces the checks it was written against. A revision whose task has other
checks is none of its business, so the mended file takes over as soon as it is synced.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, replace

from content.documents import ExpectDocument, TaskDocument
from courses.models import Exercise
from grading.models import CheckCorrection


def digest_of(expects: Iterable[ExpectDocument]) -> str:
    """Return 64 hexadecimal digits that are equal exactly for equal checks."""
    canonical = json.dumps([expect.to_json() for expect in expects], sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


@dataclass(frozen=True)
class CountingTask:
    """A task as it is judged for somebody."""

    document: TaskDocument
    correction: CheckCorrection | None = None
    """Where its checks are from, if not from the lab."""


def task_of(exercise: Exercise, learner_id: int) -> CountingTask:
    """Return the task as it is judged for this learner. One query."""
    return tasks_of([exercise], learner_id)[exercise.key]


def tasks_of(exercises: Iterable[Exercise], learner_id: int) -> dict[str, CountingTask]:
    """Return the tasks as they are judged for this learner, by their keys. One query."""
    documents = {each.key: TaskDocument.from_json(each.document) for each in exercises}
    mended = CheckCorrection.objects.in_force().for_learner(learner_id).filter(exercise_key__in=documents)
    # Of several cohorts' corrections the newest counts.
    corrections = {correction.exercise_key: correction for correction in mended.order_by("created_at")}
    return {key: corrected(document, corrections.get(key)) for key, document in documents.items()}


def corrected(task: TaskDocument, correction: CheckCorrection | None) -> CountingTask:
    """Return the task with the correction's checks, or as it is where the correction was written against others."""
    if correction is None or digest_of(task.expect) != correction.base:
        return CountingTask(task)
    expect = tuple(ExpectDocument.from_json(each) for each in correction.expect)
    return CountingTask(replace(task, expect=expect), correction)
