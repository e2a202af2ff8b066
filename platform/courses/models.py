"""Courses as the database knows them.

Everything below a course belongs to one *revision*, so that readers see the old content or the new and never a
mixture, and so that a lab session or a submission always knows what it was made with. What stays the same from one
revision to the next is a row's `key`, the path of folder names without their numbers:
`contenedores/fundamentos/que-es-un-contenedor/ver-procesos`.
"""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import F
from django.utils.functional import cached_property
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from content.documents import LabDocument


def in_language(texts: dict[str, Any], language: str | None = None) -> Any:
    """Return the text in the wanted language (default: the active one), else in Spanish, else any."""
    wanted = (language or get_language() or "es").split("-")[0]
    return texts.get(wanted) or texts.get("es") or next(iter(texts.values()), "")


class Course(models.Model):
    """A course, whatever its revision."""

    slug = models.SlugField(unique=True)
    current = models.ForeignKey(
        "Revision", null=True, blank=True, on_delete=models.SET_NULL, related_name="+", help_text="What readers see."
    )

    def __str__(self) -> str:
        return self.slug


class Titled:
    """What has a title and a summary in every language, and shows those of the reader's."""

    titles: Any
    summaries: Any

    @property
    def title(self) -> str:
        return str(in_language(self.titles))

    @property
    def summary(self) -> str:
        return str(in_language(self.summaries))


class Revision(Titled, models.Model):
    """The content of a course at the moment it was synced."""

    course = models.ForeignKey(Course, on_delete=models.CASCADE, related_name="revisions")
    digest = models.CharField(max_length=64, help_text="SHA-256 of everything that was read.")
    titles = models.JSONField(help_text="By language.")
    summaries = models.JSONField(default=dict, help_text="By language.")
    languages = models.JSONField(default=list)
    synced_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["course", "digest"], name="revision_once")]

    def __str__(self) -> str:
        return f"{self.course.slug}@{self.digest[:12]}"


class Chapter(Titled, models.Model):
    """A chapter of one revision."""

    revision = models.ForeignKey(Revision, on_delete=models.CASCADE, related_name="chapters")
    slug = models.CharField(max_length=80)
    number = models.PositiveSmallIntegerField()
    titles = models.JSONField()
    summaries = models.JSONField(default=dict)

    class Meta:
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["revision", "slug"], name="chapter_once")]

    def __str__(self) -> str:
        return self.slug


class Lesson(models.Model):
    """A lesson of one revision. What people read is in its texts, one for each language."""

    revision = models.ForeignKey(Revision, on_delete=models.CASCADE, related_name="lessons")
    chapter = models.ForeignKey(Chapter, on_delete=models.CASCADE, related_name="lessons")
    slug = models.CharField(max_length=80)
    key = models.CharField(max_length=250)
    number = models.PositiveSmallIntegerField()
    minutes = models.PositiveSmallIntegerField(help_text="Reading and doing.")

    class Meta:
        ordering = ["chapter__number", "number"]
        constraints = [models.UniqueConstraint(fields=["revision", "key"], name="lesson_once")]

    def __str__(self) -> str:
        return self.key

    @property
    def text(self) -> LessonText:
        """The text in the active language. Uses prefetched texts; does not query when they are."""
        texts = {text.language: text for text in self.texts.all()}
        chosen: LessonText = in_language(texts)
        return chosen

    @property
    def title(self) -> str:
        return self.text.title


class LessonText(models.Model):
    """A lesson in one language, rendered to safe HTML when it was synced."""

    lesson = models.ForeignKey(Lesson, on_delete=models.CASCADE, related_name="texts")
    language = models.CharField(max_length=5)
    title = models.CharField(max_length=200)
    objectives = models.JSONField(default=list)
    document = models.JSONField(
        help_text="content.documents.LessonText as JSON: HTML, tasks and quizzes in their order."
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=["lesson", "language"], name="lesson_text_once")]

    def __str__(self) -> str:
        return f"{self.lesson.key} ({self.language})"


class LabQuerySet(models.QuerySet["Lab"]):
    def current(self) -> LabQuerySet:
        """Labs that readers can start now: those of the revisions that courses show."""
        return self.filter(lesson__revision=F("lesson__revision__course__current")).select_related("lesson")


class Lab(models.Model):
    """The environment of a lesson's tasks."""

    lesson = models.OneToOneField(Lesson, on_delete=models.CASCADE, related_name="lab")
    key = models.CharField(max_length=250, db_index=True, help_text="The lesson's key.")
    document = models.JSONField(help_text="content.documents.LabDocument as JSON.")

    objects = LabQuerySet.as_manager()

    def __str__(self) -> str:
        return self.key

    @cached_property
    def definition(self) -> LabDocument:
        """The lab as its author wrote it. Read once per object: rows of a revision never change."""
        return LabDocument.from_json(self.document)


class Exercise(models.Model):
    """A quiz question or a lab task of one revision: what can be submitted."""

    class Kind(models.TextChoices):
        TASK = "task", _("Task")  # done in the lab, judged by its checks
        QUIZ = "quiz", _("Question")  # answered in the text

    lesson = models.ForeignKey(Lesson, on_delete=models.CASCADE, related_name="exercises")
    slug = models.CharField(max_length=80)
    key = models.CharField(max_length=330, db_index=True)
    kind = models.CharField(max_length=4, choices=Kind)
    position = models.PositiveSmallIntegerField()
    points = models.PositiveSmallIntegerField(default=1)
    titles = models.JSONField(default=dict, help_text="By language.")
    document = models.JSONField(help_text="content.documents.TaskDocument or QuizDocument as JSON.")

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["lesson", "slug"], name="exercise_once"),
            models.CheckConstraint(condition=models.Q(kind__in=["task", "quiz"]), name="exercise_kind_known"),
        ]

    def __str__(self) -> str:
        return self.key

    @property
    def title(self) -> str:
        return str(in_language(self.titles))
