"""Rows for tests. One course with one lesson and one lab, unless asked otherwise."""

from typing import Any

import factory
from django.utils import timezone

from accounts.models import User
from cohorts.models import Cohort, Enrolment
from content.documents import ExpectDocument, LabDocument, LessonText, StepDocument, TaskDocument, TerminalDocument
from courses.models import Chapter, Course, Exercise, Lab, Lesson, Revision
from courses.models import LessonText as LessonTextRow
from lab_sessions.environments import environment_of
from sandboxes.environment import Environment
from sandboxes.models import Sandbox

IMAGE = "standard"


def lab_document(**changes: Any) -> LabDocument:
    """Return a small valid lab."""
    values: dict[str, Any] = {
        "image": IMAGE,
        "profile": "standard",
        "minutes": 45,
        "idle": 15,
        "limits": {},
        "values": (),
        "terminals": (TerminalDocument(name="main"),),
        "setup": "",
        "files": (),
        "tasks": (task_document(),),
    }
    return LabDocument(**{**values, **changes})


def task_document(slug: str = "make-file", **changes: Any) -> TaskDocument:
    """Return a task that asks for a file."""
    values: dict[str, Any] = {
        "slug": slug,
        "points": 2,
        "needs": (),
        "title": {"es": "Crea un archivo", "en": "Make a file"},
        "expect": (ExpectDocument(kind="file", arguments={"path": "note.txt", "exists": True}),),
        "solution": (StepDocument(run="touch note.txt"),),
    }
    return TaskDocument(**{**values, **changes})


class UserFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = User

    username = factory.Sequence(lambda number: f"learner{number}")


class CohortFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Cohort

    name = factory.Sequence(lambda number: f"Class {number}")


class EnrolmentFactory(factory.django.DjangoModelFactory):
    """A learner, unless asked otherwise."""

    class Meta:
        model = Enrolment

    cohort = factory.SubFactory(CohortFactory)
    user = factory.SubFactory(UserFactory)


class CourseFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Course

    slug = factory.Sequence(lambda number: f"course{number}")


class RevisionFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Revision

    course = factory.SubFactory(CourseFactory)
    digest = factory.Sequence(lambda number: f"{number:064x}")
    titles = {"es": "Curso", "en": "Course"}
    languages = ["es", "en"]


class ChapterFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Chapter

    revision = factory.SubFactory(RevisionFactory)
    slug = factory.Sequence(lambda number: f"{number:02d}-chapter")
    number = factory.Sequence(lambda number: number)
    titles = {"es": "Capítulo", "en": "Chapter"}


class LessonFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Lesson

    chapter = factory.SubFactory(ChapterFactory)
    revision = factory.SelfAttribute("chapter.revision")
    slug = factory.Sequence(lambda number: f"{number:02d}-lesson")
    key = factory.LazyAttribute(lambda row: f"{row.revision.course.slug}/{row.chapter.slug}/{row.slug}")
    number = factory.Sequence(lambda number: number)
    minutes = 20


class LessonTextFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = LessonTextRow

    lesson = factory.SubFactory(LessonFactory)
    language = "es"
    title = "Lección"
    document = factory.LazyAttribute(
        lambda row: LessonText(title=row.title, objectives=(), headings=(), parts=()).to_json()
    )


class ExerciseFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Exercise

    lesson = factory.SubFactory(LessonFactory)
    slug = "make-file"
    key = factory.LazyAttribute(lambda row: f"{row.lesson.key}/{row.slug}")
    kind = Exercise.Kind.TASK
    position = 1
    points = 2
    titles = {"es": "Crea un archivo", "en": "Make a file"}
    document = factory.LazyAttribute(lambda row: task_document(row.slug).to_json())


class LabFactory(factory.django.DjangoModelFactory):
    """A lab whose course shows its revision, so that it can be started."""

    class Meta:
        model = Lab
        skip_postgeneration_save = True

    lesson = factory.SubFactory(LessonFactory)
    key = factory.SelfAttribute("lesson.key")
    document = factory.LazyFunction(lambda: lab_document().to_json())

    @factory.post_generation
    def make_current(self, create: bool, extracted: object, **kwargs: object) -> None:
        course = self.lesson.revision.course
        course.current = self.lesson.revision
        course.save(update_fields=["current"])


class SandboxFactory(factory.django.DjangoModelFactory):
    """A warm sandbox that exists only as a row. Give it a lab to make it one of that lab's pool."""

    class Meta:
        model = Sandbox

    class Params:
        lab = None
        described = factory.LazyAttribute(
            lambda row: environment_of(row.lab) if row.lab else Environment(image=f"muelle/{IMAGE}:test")
        )

    name = factory.Sequence(lambda number: f"muelle-test-{number:012x}")
    environment = factory.LazyAttribute(lambda row: row.described.to_json())
    environment_digest = factory.LazyAttribute(lambda row: row.described.digest())
    state = Sandbox.State.WARM
    seed = "seed"
    values = {"port": "8081"}
    handle = factory.LazyAttribute(lambda row: "" if row.state == Sandbox.State.CREATING else row.name)
    warmed_at = factory.LazyAttribute(lambda row: None if row.state == Sandbox.State.CREATING else timezone.now())
