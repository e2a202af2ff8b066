"""How far a learner has come, computed from submissions when somebody asks.

Submissions are found by the exercise's key, so progress survives new revisions: an exercise that stayed is still
passed, one that was removed counts no more. Each function makes a fixed number of queries, however large the course is.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Count, F, Max, Prefetch, Q

from accounts.models import User
from courses.models import Chapter, Course, Exercise, Lesson, LessonText
from grading.models import Submission, Verdict
from progress.standing import Standing, add_up


@dataclass(frozen=True, kw_only=True)
class LessonProgress:
    """One lesson and what its learner has of it. `lesson.title` and `lesson.exercises.all()` query nothing."""

    lesson: Lesson
    standing: Standing
    exercises: tuple[tuple[Exercise, Standing], ...]

    @property
    def minutes_left(self) -> int:
        """Of the author's estimate, the share of exercises that are open; all of it where there are none."""
        if self.standing.exercises == 0:
            return self.lesson.minutes
        still_open = self.standing.exercises - self.standing.exercises_passed
        return -(-self.lesson.minutes * still_open // self.standing.exercises)


@dataclass(frozen=True, kw_only=True)
class ChapterProgress:
    """One chapter, its lessons in their order, and what they add up to."""

    chapter: Chapter
    lessons: tuple[LessonProgress, ...]
    standing: Standing


@dataclass(frozen=True, kw_only=True)
class CourseProgress:
    """A course as readers see it now, and what one learner has of it."""

    course: Course
    chapters: tuple[ChapterProgress, ...]
    standing: Standing
    next_lesson: LessonProgress | None
    """Where to continue: the lesson last worked on if something is open in it, else the first with something open."""

    @property
    def minutes_left(self) -> int:
        """Of lessons that ask something; whether the others were read, nobody knows."""
        lessons = [lesson for chapter in self.chapters for lesson in chapter.lessons]
        return sum(lesson.minutes_left for lesson in lessons if lesson.standing.exercises)


def standings(learner: User, exercises: Iterable[Exercise]) -> dict[str, Standing]:
    """Return the standing of each exercise by its key. One query."""
    listed = list(exercises)
    done = Submission.objects.filter(
        learner=learner,
        exercise_key__in=[exercise.key for exercise in listed],
        state=Submission.State.DONE,
    )
    best = done.order_by().values("exercise_key")
    rows = best.annotate(
        earned=Max("points"), passes=Count("pk", filter=Q(verdict=Verdict.PASS)), last_at=Max("finished_at")
    )
    known = {row["exercise_key"]: row for row in rows}
    return {exercise.key: _standing(exercise, known.get(exercise.key)) for exercise in listed}


def of_lesson(lesson: Lesson, known: Mapping[str, Standing]) -> Standing:
    """Add up the standings of a lesson's exercises, which are prefetched or queried once."""
    return add_up(known[exercise.key] for exercise in lesson.exercises.all())


def course_progress(learner: User, course: Course) -> CourseProgress:
    """Return how far `learner` is in what readers of `course` see now. Five queries."""
    lessons = list(
        Lesson.objects.filter(revision=F("revision__course__current"), revision__course=course)
        .select_related("chapter")
        .prefetch_related(
            # The texts themselves are long, and nothing here shows them.
            Prefetch("texts", LessonText.objects.defer("document")),
            Prefetch("exercises", Exercise.objects.defer("document")),
        )
    )
    known = standings(learner, (exercise for lesson in lessons for exercise in lesson.exercises.all()))
    by_chapter: dict[int, list[LessonProgress]] = {}
    for lesson in lessons:
        by_chapter.setdefault(lesson.chapter_id, []).append(_of_lesson(lesson, known))
    current_chapters = Chapter.objects.filter(revision=F("revision__course__current"), revision__course=course)
    chapters = tuple(
        ChapterProgress(
            chapter=chapter,
            lessons=tuple(by_chapter.get(chapter.pk, [])),
            standing=add_up(each.standing for each in by_chapter.get(chapter.pk, [])),
        )
        for chapter in current_chapters
    )
    return CourseProgress(
        course=course,
        chapters=chapters,
        standing=add_up(chapter.standing for chapter in chapters),
        next_lesson=_next_lesson([each for chapter in chapters for each in chapter.lessons]),
    )


def _of_lesson(lesson: Lesson, known: Mapping[str, Standing]) -> LessonProgress:
    exercises = tuple((exercise, known[exercise.key]) for exercise in lesson.exercises.all())
    return LessonProgress(lesson=lesson, standing=add_up(each for _, each in exercises), exercises=exercises)


def _next_lesson(lessons: list[LessonProgress]) -> LessonProgress | None:
    unfinished = [each for each in lessons if each.standing.exercises and not each.standing.passed]
    touched = [(each.standing.last_at, each) for each in lessons if each.standing.last_at is not None]
    if touched:
        latest = max(touched, key=lambda pair: pair[0])[1]
        if latest in unfinished:
            return latest
    return unfinished[0] if unfinished else None


def _standing(exercise: Exercise, row: Mapping[str, Any] | None) -> Standing:
    if row is None:
        return Standing(points=exercise.points, exercises=1)
    passed = row["passes"] > 0
    # A pass keeps all points and a partial result no more than there are, also where a later revision changed them.
    earned = Decimal(exercise.points) if passed else min(Decimal(row["earned"]), Decimal(exercise.points))
    return Standing(
        earned=earned,
        points=exercise.points,
        passed=passed,
        exercises_passed=int(passed),
        exercises=1,
        last_at=row["last_at"],
    )
