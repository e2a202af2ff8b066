"""What the pages of a gradebook share: the lesson or exercise of a cohort that is meant."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from django.http import Http404

from accounts.models import User
from cohorts.models import Cohort
from content.documents import TaskDocument
from content.expects import write_expects
from courses.models import Exercise, Lesson
from gradebook.models import GradeOverride
from gradebook.policy import Grade
from gradebook.queries import Column, GradeBook, columns_of, grade_book
from grading.correcting import Preview, preview_regrade
from grading.corrections import corrected
from grading.models import CheckCorrection
from web.addresses import Address
from web.cohort_page import CohortPage


@dataclass(frozen=True, kw_only=True)
class ExerciseLine:
    """One exercise of one learner."""

    exercise: Exercise
    grade: Grade
    override: GradeOverride | None


@dataclass(frozen=True, kw_only=True)
class LessonLines:
    """One lesson of one learner."""

    column: Column
    grade: Grade
    lines: tuple[ExerciseLine, ...]


@dataclass
class LearnerGrades:
    """All grades of one learner of a cohort."""

    book: GradeBook

    @property
    def learner(self) -> User:
        return self.book.rows[0].learner

    @property
    def total(self) -> Grade:
        return self.book.rows[0].total

    @property
    def late(self) -> list[Column]:
        """The lessons of which something came late."""
        return [
            column for column, grade in zip(self.book.columns, self.book.rows[0].lessons, strict=True) if grade.late
        ]

    @cached_property
    def overrides(self) -> dict[str, GradeOverride]:
        mine = GradeOverride.objects.in_force().filter(cohort=self.book.cohort, learner=self.learner)
        return {row.exercise_key: row for row in mine.select_related("by")}

    @property
    def lessons(self) -> list[LessonLines]:
        row = self.book.rows[0]
        return [
            LessonLines(
                column=column,
                grade=grade,
                lines=tuple(
                    ExerciseLine(exercise=each, grade=row.exercises[each.key], override=self.overrides.get(each.key))
                    for each in column.exercises
                ),
            )
            for column, grade in zip(self.book.columns, row.lessons, strict=True)
        ]


@dataclass
class CheckPage:
    """The checks of one task, for who corrects them in one cohort."""

    page: CohortPage
    exercise: Exercise

    @cached_property
    def document(self) -> TaskDocument:
        return TaskDocument.from_json(self.exercise.document)

    @cached_property
    def correction(self) -> CheckCorrection | None:
        standing = CheckCorrection.objects.in_force().filter(cohort=self.page.cohort, exercise_key=self.exercise.key)
        return standing.select_related("by").first()

    @property
    def superseded(self) -> bool:
        """Whether the file was changed since, so that the correction does nothing any more."""
        return self.correction is not None and corrected(self.document, self.correction).correction is None

    @property
    def written(self) -> str:
        """The checks as YAML: the correction's, else the lab's own."""
        if self.correction is not None and not self.superseded:
            return self.correction.written
        return write_expects(self.document.expect)

    @property
    def preview(self) -> Preview:
        return preview_regrade(
            by=self.page.reader, cohort=self.page.cohort, exercise=self.exercise, correction=self.correction
        )


def learner_grades(page: CohortPage, learner: int) -> LearnerGrades:
    """Return the grades of one learner of the cohort. Raises Http404."""
    book = grade_book(page.cohort, learner_id=learner)
    if not book.rows:
        raise Http404
    return LearnerGrades(book)


def own_grades(learner: User) -> list[LearnerGrades]:
    """Return what somebody has in each class that they learn in."""
    books = [grade_book(cohort, learner_id=learner.pk) for cohort in Cohort.objects.learned_by(learner)]
    return [LearnerGrades(book) for book in books if book.rows and book.columns]


def find_lesson(page: CohortPage, address: Address) -> Lesson:
    """Return a lesson that the cohort is given, as readers see it now. Raises Http404."""
    for column in columns_of(page.cohort):
        if column.lesson.key == address.key:
            return column.lesson
    raise Http404


def find_exercise(page: CohortPage, address: Address, slug: str) -> Exercise:
    """Return an exercise of such a lesson, with its lab. Raises Http404."""
    lesson = find_lesson(page, address)
    exercise = Exercise.objects.filter(lesson=lesson, slug=slug).select_related("lesson").first()
    if exercise is None:
        raise Http404
    return exercise
