"""Documents become rows: a whole new revision, or none."""

import html
from datetime import timedelta

from django.db import IntegrityError, transaction
from django.db.models import ProtectedError
from django.utils import timezone
from django.utils.html import strip_tags
from django.utils.text import Truncator

from content.documents import ChapterDocument, CourseDocument, LessonDocument, QuizPart, TaskPart
from courses.models import Chapter, Course, Exercise, Lab, Lesson, LessonText, Revision

# How long a replaced revision is kept although nothing refers to it: pages that are open in a browser still do.
GRACE = timedelta(hours=1)

MAX_QUESTION_TITLE = 80  # characters of a question that stand for it in lists


def store(document: CourseDocument) -> tuple[Course, bool]:
    """Make `document` what readers of its course see; return the course and whether that changed anything.

    Call it in a transaction. The same document again changes nothing; an earlier one again brings its revision back.
    """
    Course.objects.get_or_create(slug=document.slug)
    course = Course.objects.select_for_update().get(slug=document.slug)
    digest = document.digest()
    if course.current is not None and course.current.digest == digest:
        return course, False
    revision = course.revisions.filter(digest=digest).first() or _write(course, document, digest)
    course.current = revision
    course.save(update_fields=["current"])
    return course, True


def _write(course: Course, document: CourseDocument, digest: str) -> Revision:
    revision = Revision.objects.create(
        course=course,
        digest=digest,
        titles=document.titles,
        summaries=document.summaries,
        languages=list(document.languages),
    )
    for chapter in document.chapters:
        _write_chapter(revision, chapter, document)
    return revision


def _write_chapter(revision: Revision, document: ChapterDocument, course: CourseDocument) -> None:
    chapter = Chapter.objects.create(
        revision=revision,
        slug=document.slug,
        number=document.number,
        titles=document.titles,
        summaries=document.summaries,
    )
    for lesson in document.lessons:
        key = f"{course.slug}/{document.slug}/{lesson.slug}"
        _write_lesson(chapter, lesson, key, course.languages)


def _write_lesson(chapter: Chapter, document: LessonDocument, key: str, languages: tuple[str, ...]) -> None:
    lesson = Lesson.objects.create(
        revision=chapter.revision,
        chapter=chapter,
        slug=document.slug,
        key=key,
        number=document.number,
        minutes=document.minutes,
    )
    LessonText.objects.bulk_create(
        LessonText(
            lesson=lesson,
            language=language,
            title=document.texts[language].title,
            objectives=list(document.texts[language].objectives),
            document=document.texts[language].to_json(),
        )
        for language in languages
    )
    if document.lab:
        Lab.objects.create(lesson=lesson, key=key, document=document.lab.to_json())
    Exercise.objects.bulk_create(_exercises(lesson, document, languages[0]))


def _exercises(lesson: Lesson, document: LessonDocument, language: str) -> list[Exercise]:
    """Tasks and questions, in the order in which a reader meets them."""
    tasks = {task.slug: task for task in document.lab.tasks} if document.lab else {}
    quizzes = {quiz.slug: quiz for quiz in document.quizzes}
    rows = []
    for part in document.texts[language].parts:
        if isinstance(part, TaskPart):
            task = tasks[part.slug]
            rows.append(Exercise(kind=Exercise.Kind.TASK, slug=task.slug, points=task.points, titles=task.title))
            rows[-1].document = task.to_json()
        elif isinstance(part, QuizPart):
            quiz = quizzes[part.slug]
            titles = {name: _shorten(question) for name, question in quiz.question.items()}
            rows.append(Exercise(kind=Exercise.Kind.QUIZ, slug=quiz.slug, points=quiz.points, titles=titles))
            rows[-1].document = quiz.to_json()
    for position, row in enumerate(rows, start=1):
        row.lesson, row.position, row.key = lesson, position, f"{lesson.key}/{row.slug}"
    return rows


def _shorten(question: str) -> str:
    """A question as a plain line."""
    return Truncator(" ".join(html.unescape(strip_tags(question)).split())).chars(MAX_QUESTION_TITLE)


def prune(course: Course) -> int:
    """Remove revisions that nobody sees and nothing refers to; return how many.

    Whatever refers to a revision protects it in the database, so this need not know what that is. One that came into
    use meanwhile stays too: each is removed in a transaction of its own, which the database then refuses.
    """
    removed = 0
    for revision in _replaced(course):
        try:
            with transaction.atomic():
                revision.delete()
        except (ProtectedError, IntegrityError):
            continue
        removed += 1
    return removed


def _replaced(course: Course) -> list[Revision]:
    """Revisions that are not shown, and were already followed by another one before the grace began."""
    followers = course.revisions.filter(synced_at__lt=timezone.now() - GRACE).order_by("-synced_at")
    newest = followers.first()
    if newest is None:
        return []
    shown = course.current.pk if course.current else 0
    return list(course.revisions.filter(synced_at__lt=newest.synced_at).exclude(pk=shown))
