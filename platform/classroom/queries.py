"""The class as it is now. A fixed number of queries, however many people it has; plain values come out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from django.db.models import Max

from accounts.models import User
from classroom.models import Assistance, HelpRequest, Presence
from classroom.timing import LOOK_BACK, ONLINE_FOR, STUCK_AFTER, STUCK_FAILS, WORKING_FOR
from cohorts.models import Cohort
from courses.models import Exercise
from gradebook.queries import Column, columns_of
from grading.models import CheckResult, Submission, Verdict
from lab_sessions.models import LabSession


class Mood(StrEnum):
    """How somebody fares, in the order in which they need somebody."""

    HAND = "hand"  # asks for help
    STUCK = "stuck"  # works, but nothing has been passed for long, or the same task fails again and again
    WORKING = "working"
    DONE = "done"  # with all tasks of the lesson they are in
    AWAY = "away"  # their pages are shut, or they were never here


@dataclass(frozen=True, kw_only=True)
class Fails:
    """How often a task was handed in and not passed, in a row."""

    count: int = 0
    submission: Submission | None = None
    """The last of them."""
    check: CheckResult | None = None
    """The first of its checks that did not hold."""


@dataclass(frozen=True, kw_only=True)
class LearnerNow:
    """One learner, now."""

    learner: User
    mood: Mood
    online: bool
    column: Column | None = None
    """The lesson they are in; None for nobody knows."""
    task: Exercise | None = None
    """The first that is not passed; None where all are, or there is no lesson."""
    passed: int = 0
    tasks: int = 0
    since: datetime | None = None
    """When they came to this task: the last pass in the lesson, or their coming to it."""
    minutes: int = 0
    fails: Fails = field(default_factory=Fails)
    session: LabSession | None = None
    hand: HelpRequest | None = None
    assistances: tuple[Assistance, ...] = ()
    seen_at: datetime | None = None

    @property
    def order(self) -> tuple[Any, ...]:
        """Sorts who needs somebody first: hands by their age, the others by how long nothing went well."""
        if self.hand is not None:
            return (0, self.hand.taken_by_id is not None, self.hand.asked_at.timestamp())
        trouble = self.minutes + STUCK_AFTER.total_seconds() / 60 * min(self.fails.count, STUCK_FAILS) / STUCK_FAILS
        return (list(Mood).index(self.mood), False, -trouble)


@dataclass(frozen=True, kw_only=True)
class ClassNow:
    """A cohort, now."""

    cohort: Cohort
    at: datetime
    columns: tuple[Column, ...]
    learners: tuple[LearnerNow, ...]

    @property
    def online(self) -> int:
        return sum(each.online for each in self.learners)

    @property
    def hands(self) -> list[LearnerNow]:
        return [each for each in self.learners if each.hand is not None]

    @property
    def stuck(self) -> int:
        return sum(each.mood == Mood.STUCK for each in self.learners)

    @property
    def labs(self) -> int:
        return sum(each.session is not None for each in self.learners)


def class_now(cohort: Cohort, now: datetime, *, learner_id: int | None = None) -> ClassNow:
    """Return who is where in a cohort, who needs somebody first; or only one of its learners. Twelve queries."""
    columns = columns_of(cohort)
    enrolments = cohort.enrolments.learners()
    if learner_id is not None:
        enrolments = enrolments.filter(user=learner_id)
    learners = [enrolment.user for enrolment in enrolments]
    facts = _Facts([learner.pk for learner in learners], columns, now)
    rows = sorted((facts.of(learner) for learner in learners), key=lambda row: row.order)
    return ClassNow(cohort=cohort, at=now, columns=columns, learners=tuple(rows))


class _Facts:
    """What the database knows of some people, asked for once."""

    def __init__(self, ids: list[int], columns: tuple[Column, ...], now: datetime) -> None:
        self._now = now
        self._columns = {column.lesson.key: column for column in columns}
        keys = [exercise.key for column in columns for exercise in column.exercises]
        self._presence = Presence.objects.in_bulk(ids)
        self._sessions = _sessions(ids, self._columns)
        self._passed = _passes(ids, keys)
        self._fails = _fails(ids, keys, now)
        hands = HelpRequest.objects.open(now).filter(learner__in=ids).select_related("taken_by")
        self._hands = {hand.learner_id: hand for hand in hands}
        self._assistances: dict[int, list[Assistance]] = defaultdict(list)
        for row in (
            Assistance.objects.open(now).filter(lab_session__learner__in=ids).select_related("lab_session", "by")
        ):
            self._assistances[row.lab_session.learner_id].append(row)

    def of(self, learner: User) -> LearnerNow:
        """Return one person as they are now."""
        presence = self._presence.get(learner.pk)
        session = self._sessions.get(learner.pk)
        online = presence is not None and presence.seen_at > self._now - ONLINE_FOR
        active_at = session.last_activity_at if session else None
        active = online or (active_at is not None and active_at > self._now - WORKING_FOR)
        column = self._column(learner.pk, presence, session)
        passes = self._passed[learner.pk]
        tasks = _tasks(column)
        task = next((each for each in tasks if each.key not in passes), None)
        since = _since(tasks, passes, presence, session, column)
        fails = self._fails.get((learner.pk, task.key), Fails()) if task else Fails()
        minutes = int((self._now - since).total_seconds() // 60) if since and task else 0
        hand = self._hands.get(learner.pk)
        return LearnerNow(
            learner=learner,
            mood=_mood(hand, active, column, task, minutes, fails.count),
            online=online,
            column=column,
            task=task,
            passed=sum(each.key in passes for each in tasks),
            tasks=len(tasks),
            since=since,
            minutes=minutes,
            fails=fails,
            session=session,
            hand=hand,
            assistances=tuple(self._assistances[learner.pk]),
            seen_at=presence.seen_at if presence else None,
        )

    def _column(self, learner_id: int, presence: Presence | None, session: LabSession | None) -> Column | None:
        """The lesson of their hand, of their lab that runs, of the page they opened last, of what they passed last."""
        hand = self._hands.get(learner_id)
        passes = self._passed[learner_id]
        last = max(passes, key=lambda key: passes[key], default="")
        keys = [
            hand.lesson_key if hand else "",
            session.lab_key if session else "",
            presence.lesson_key if presence else "",
            last.rsplit("/", 1)[0],
        ]
        return next((self._columns[key] for key in keys if key in self._columns), None)


def _sessions(ids: list[int], columns: Mapping[str, Column]) -> dict[int, LabSession]:
    """Return the live session of each: the one last worked in where there are several."""
    found = LabSession.objects.live().filter(learner__in=ids, lab_key__in=list(columns)).order_by("created_at")
    by_learner: dict[int, list[LabSession]] = defaultdict(list)
    for session in found:
        by_learner[session.learner_id].append(session)
    return {
        learner: max(sessions, key=lambda each: each.last_activity_at or each.created_at)
        for learner, sessions in by_learner.items()
    }


def _passes(ids: list[int], keys: list[str]) -> dict[int, dict[str, datetime]]:
    """Return by learner which exercises are passed, and when they were last."""
    rows = Submission.objects.passed().filter(learner__in=ids, exercise_key__in=keys).order_by()
    found: dict[int, dict[str, datetime]] = defaultdict(dict)
    for learner, key, at in rows.values_list("learner_id", "exercise_key").annotate(at=Max("finished_at")):
        found[learner][key] = at
    return found


def _fails(ids: list[int], keys: list[str], now: datetime) -> dict[tuple[int, str], Fails]:
    """Return what was asked for and not passed, of each learner and exercise, since the last pass of it."""
    asked = Submission.objects.filter(
        learner__in=ids,
        exercise_key__in=keys,
        origin=Submission.Origin.ASKED,
        state=Submission.State.DONE,
        created_at__gt=now - LOOK_BACK,
    )
    runs: dict[tuple[int, str], list[Submission]] = defaultdict(list)
    for submission in asked.order_by("created_at").defer("answer"):
        run = runs[submission.learner_id, submission.exercise_key]
        if submission.verdict == Verdict.PASS:
            run.clear()
        elif submission.verdict == Verdict.FAIL:
            run.append(submission)
    runs = {key: run for key, run in runs.items() if run}
    checks = _first_failing([run[-1] for run in runs.values()])
    return {key: Fails(count=len(run), submission=run[-1], check=checks.get(run[-1].pk)) for key, run in runs.items()}


def _first_failing(submissions: Iterable[Submission]) -> dict[Any, CheckResult]:
    found: dict[Any, CheckResult] = {}
    failing = CheckResult.objects.filter(submission__in=[each.pk for each in submissions], verdict=Verdict.FAIL)
    for result in failing.defer("evidence").order_by("position"):
        found.setdefault(result.submission_id, result)
    return found


def _tasks(column: Column | None) -> list[Exercise]:
    """The tasks of a lesson; its questions where it has none."""
    if column is None:
        return []
    tasks = [each for each in column.exercises if each.kind == Exercise.Kind.TASK]
    return tasks or list(column.exercises)


def _since(
    tasks: list[Exercise],
    passes: Mapping[str, datetime],
    presence: Presence | None,
    session: LabSession | None,
    column: Column | None,
) -> datetime | None:
    if column is None:
        return None
    moments = [passes[each.key] for each in tasks if each.key in passes]
    if session is not None and session.lab_key == column.lesson.key:
        moments.append(session.ready_at or session.created_at)
    elif presence is not None and presence.lesson_key == column.lesson.key and presence.lesson_since:
        moments.append(presence.lesson_since)
    return max(moments, default=None)


def _mood(
    hand: HelpRequest | None, active: bool, column: Column | None, task: Exercise | None, minutes: int, fails: int
) -> Mood:
    if hand is not None:
        return Mood.HAND
    if not active:
        return Mood.AWAY
    if column is not None and task is None:
        return Mood.DONE
    stuck = task is not None and (fails >= STUCK_FAILS or minutes * 60 >= STUCK_AFTER.total_seconds())
    return Mood.STUCK if stuck else Mood.WORKING


def queue_place(hand: HelpRequest, now: datetime) -> int:
    """Return the place of a hand among those that nobody has taken in the learner's classes, from 1."""
    cohorts = Cohort.objects.learned_by(hand.learner)
    before = HelpRequest.objects.open(now).filter(taken_by=None, learner__enrolments__cohort__in=cohorts)
    return before.filter(asked_at__lt=hand.asked_at).values("pk").distinct().count() + 1
