"""A course as one learner sees it: how far they are, what runs, what is next."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from django.db.models import Prefetch
from django.http import Http404
from django.utils import timezone

from accounts.models import User
from cohorts.grants import Grants, Shut
from courses.models import Course, Lab, Lesson, LessonText
from lab_sessions.models import LabSession
from progress.queries import CourseProgress, LessonProgress, course_progress
from web.pier import Pier, pier_of


@dataclass
class CoursePage:
    """One course for one learner."""

    learner: User
    course: Course
    grants: Grants

    @cached_property
    def shut(self) -> dict[str, Shut]:
        """The lessons that are shut for the learner, by their keys."""
        return self.grants.shut_lessons(timezone.now())

    @cached_property
    def progress(self) -> CourseProgress:
        return course_progress(self.learner, self.course)

    @cached_property
    def labs(self) -> set[str]:
        """The keys of the lessons that have a lab."""
        return set(Lab.objects.filter(lesson__revision=self.course.current_id).values_list("key", flat=True))

    @cached_property
    def running(self) -> set[str]:
        """The keys of the lessons whose lab the learner has running."""
        return set(LabSession.objects.live().filter(learner=self.learner).values_list("lab_key", flat=True))

    @property
    def lessons(self) -> list[LessonProgress]:
        return [lesson for chapter in self.progress.chapters for lesson in chapter.lessons]

    @property
    def _open(self) -> list[LessonProgress]:
        return [each for each in self.lessons if each.lesson.key not in self.shut]

    @property
    def next(self) -> LessonProgress | None:
        """Where to go on: a lab that is running, else what progress says, else the first lesson for who is new."""
        running = [each for each in self.lessons if each.lesson.key in self.running]
        ahead = self.progress.next_lesson
        if ahead is not None and ahead.lesson.key in self.shut:
            ahead = next((each for each in self._open if each.standing.exercises and not each.standing.passed), None)
        first = [] if self.progress.standing.earned else self._open
        return next(iter(running), None) or ahead or next(iter(first), None)

    @property
    def finished(self) -> bool:
        """Whether nothing is left to do; what is shut may be."""
        return all(each.standing.passed for each in self.lessons if each.standing.exercises)

    @property
    def begun(self) -> bool:
        return self.progress.standing.last_at is not None or bool(self.running)

    @property
    def pier(self) -> Pier:
        return pier_of(self.progress)

    @property
    def lessons_done(self) -> int:
        return sum(each.standing.passed for each in self.lessons)


def courses_for(learner: User) -> list[CoursePage]:
    """Return every course that has something to read for this learner."""
    grants = Grants(learner)
    rows = Course.objects.filter(current__isnull=False).select_related("current").order_by("slug")
    if grants.courses is not None:
        rows = rows.filter(pk__in=grants.courses)
    return [CoursePage(learner, course, grants) for course in rows]


def find_course(learner: User, slug: str) -> CoursePage:
    """Return one course. Raises Http404, also for one of other people's."""
    grants = Grants(learner)
    course = Course.objects.filter(slug=slug, current__isnull=False).select_related("current").first()
    if course is None or not grants.may_read(slug):
        raise Http404
    return CoursePage(learner, course, grants)


def neighbours(lesson: Lesson) -> tuple[Lesson | None, Lesson | None]:
    """Return the lessons before and after one, in the order of the course."""
    titles = Prefetch("texts", LessonText.objects.defer("document"))
    rows = list(Lesson.objects.filter(revision=lesson.revision_id).select_related("chapter").prefetch_related(titles))
    place = next(index for index, row in enumerate(rows) if row.pk == lesson.pk)
    return (rows[place - 1] if place else None), (rows[place + 1] if place + 1 < len(rows) else None)
