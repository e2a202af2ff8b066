"""The lessons of a cohort's courses, with what its instructor decided about each."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Prefetch
from django.urls import reverse
from django.utils import timezone

from cohorts.models import Cohort, LessonRule
from courses.models import Chapter, Course, Lesson, LessonText
from web.addresses import Address


@dataclass(frozen=True)
class LessonLine:
    """One lesson, as learners of the cohort find it now."""

    lesson: Lesson
    rule: LessonRule
    """An empty one where nothing was decided."""
    now: datetime

    @property
    def rule_url(self) -> str:
        return self._url("cohorts:rule")

    @property
    def door_url(self) -> str:
        return self._url("cohorts:door")

    def _url(self, name: str) -> str:
        return reverse(name, kwargs={"cohort": self.rule.cohort_id, **Address.of(self.lesson.key).as_kwargs()})

    @property
    def is_open(self) -> bool:
        return self.rule.is_open(self.now)

    @property
    def by_hand(self) -> bool:
        return self.rule.door != LessonRule.Door.BY_DATE

    @property
    def opens_at(self) -> datetime | None:
        """When it will open by itself."""
        opens = None if self.by_hand else self.rule.opens_at
        return opens if opens is not None and opens > self.now else None

    @property
    def closes_at(self) -> datetime | None:
        """When it will shut by itself, or did."""
        return None if self.by_hand else self.rule.closes_at

    @property
    def overdue(self) -> bool:
        return self.rule.due_at is not None and self.rule.due_at <= self.now


@dataclass(frozen=True)
class ChapterLines:
    chapter: Chapter
    lessons: list[LessonLine]


@dataclass(frozen=True)
class CourseLines:
    course: Course
    chapters: list[ChapterLines]


def lesson_lines(cohort: Cohort) -> list[CourseLines]:
    """Return every lesson of a cohort's courses. A fixed number of queries for each course."""
    rules = {rule.lesson_key: rule for rule in cohort.lesson_rules.all()}
    now = timezone.now()
    courses = cohort.courses.filter(current__isnull=False).select_related("current").order_by("slug")
    return [_of_course(cohort, course, rules, now) for course in courses]


def lesson_line(cohort: Cohort, key: str) -> LessonLine | None:
    """Return one lesson; None where the cohort's courses have no such one."""
    for course in lesson_lines(cohort):
        for chapter in course.chapters:
            for line in chapter.lessons:
                if line.lesson.key == key:
                    return line
    return None


def _of_course(cohort: Cohort, course: Course, rules: dict[str, LessonRule], now: datetime) -> CourseLines:
    titles = Prefetch("texts", LessonText.objects.defer("document"))
    lessons = Lesson.objects.filter(revision=course.current_id).select_related("chapter").prefetch_related(titles)
    by_chapter: dict[int, ChapterLines] = {}
    for lesson in lessons:
        chapter = by_chapter.setdefault(lesson.chapter_id, ChapterLines(lesson.chapter, []))
        rule = rules.get(lesson.key) or LessonRule(cohort=cohort, lesson_key=lesson.key)
        chapter.lessons.append(LessonLine(lesson, rule, now))
    return CourseLines(course, list(by_chapter.values()))
