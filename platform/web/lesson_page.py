"""What a lesson's page shows one reader: which revision, which pieces, how far they are with each exercise."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from django.core.exceptions import PermissionDenied
from django.db.models import F, Prefetch, QuerySet
from django.http import Http404
from django.utils import timezone

from accounts.models import User
from cohorts.grants import Grants
from cohorts.permissions import LessonShut
from content.documents import Heading, HtmlPart, LabDocument, LessonText, QuizDocument, TaskPart
from content.values import example, substitute
from courses.models import Exercise, Lab, Lesson
from courses.models import LessonText as LessonTextRow
from grading.models import Submission
from lab_sessions.environments import document_of
from lab_sessions.models import LabSession
from lab_sessions.permissions import check_can_learn
from progress.queries import of_lesson, standings
from progress.standing import Standing
from web.addresses import Address
from web.blocks import Block, HtmlBlock, QuizBlock, TaskBlock
from web.texts import fill_html, fill_task

SECTION_LEVEL = 2  # of a lesson's headings; 1 is its title


@dataclass
class LessonPage:
    """One lesson for one reader. Asks the database once for each kind of thing, and only when it is needed."""

    reader: User
    lesson: Lesson
    session: LabSession | None
    """The live session of the lesson's lab, else the last one."""

    @cached_property
    def address(self) -> Address:
        return Address.of(self.lesson.key)

    @cached_property
    def lab(self) -> Lab | None:
        if self.session is not None and self.session.lab.lesson_id == self.lesson.pk:
            return self.session.lab
        return getattr(self.lesson, "lab", None)

    @cached_property
    def document(self) -> LabDocument | None:
        return document_of(self.lab) if self.lab else None

    @cached_property
    def grants(self) -> Grants:
        return Grants(self.reader)

    @cached_property
    def text(self) -> LessonText:
        return LessonText.from_json(self.lesson.text.document)

    @property
    def sections(self) -> list[Heading]:
        """The headings that divide the text; those below them would make the list longer than the screen."""
        return [heading for heading in self.text.headings if heading.level == SECTION_LEVEL]

    @cached_property
    def values(self) -> dict[str, str]:
        """The values of the reader's session; before there is one, an example."""
        shown = example(self.document.values) if self.document else {}
        if self.session is not None and self.session.is_live:
            shown.update(self.session.values)
        return shown

    @cached_property
    def exercises(self) -> dict[str, Exercise]:
        return {exercise.slug: exercise for exercise in self.lesson.exercises.all()}

    @cached_property
    def standings(self) -> dict[str, Standing]:
        return standings(self.reader, self.exercises.values())

    @property
    def standing(self) -> Standing:
        return of_lesson(self.lesson, self.standings)

    @property
    def items(self) -> list[tuple[Exercise, Standing]]:
        """Every exercise with how far the reader is."""
        return [(exercise, self.standings[exercise.key]) for exercise in self.exercises.values()]

    @property
    def tasks(self) -> list[tuple[Exercise, Standing]]:
        """The same, of what is done in the lab only."""
        return [item for item in self.items if item[0].kind == Exercise.Kind.TASK]

    @property
    def tasks_done(self) -> int:
        return sum(standing.passed for _, standing in self.tasks)

    @cached_property
    def solutions(self) -> set[str]:
        """The keys of the tasks whose solutions the reader may see."""
        tasks = [exercise.key for exercise, _ in self.tasks]
        passed = {exercise.key for exercise, standing in self.tasks if standing.passed}
        return self.grants.solutions(tasks, passed, timezone.now())

    @property
    def values_json(self) -> str:
        """The values, for the page to exchange them in place when a lab starts."""
        return json.dumps(self.values)

    @cached_property
    def shown_submissions(self) -> dict[str, Submission]:
        """What is being graded, and answers that were right.

        An old *not yet* does not greet somebody who comes back.
        """
        asked = Submission.objects.filter(
            learner=self.reader,
            exercise_key__in=[exercise.key for exercise in self.exercises.values()],
            origin=Submission.Origin.ASKED,
        )
        rows = asked.passed().filter(exercise__kind=Exercise.Kind.QUIZ) | asked.open()
        # The last one under a key stays: what is being graded, where there is such.
        return {row.exercise_key: row for row in sorted(rows, key=lambda row: row.state != Submission.State.DONE)}

    def blocks(self) -> Iterator[Block]:
        """Yield the pieces of the text in their order; a part whose exercise does not exist is left out."""
        for part in self.text.parts:
            if isinstance(part, HtmlPart):
                yield HtmlBlock(html=fill_html(part.html, self.values))
            elif part.slug in self.exercises:
                exercise = self.exercises[part.slug]
                yield self.task(part, exercise) if isinstance(part, TaskPart) else self.quiz(exercise)

    def hints(self, slug: str) -> int:
        """Return how many hints a task has; 0 for what is none."""
        return next(
            (len(part.hints) for part in self.text.parts if isinstance(part, TaskPart) and part.slug == slug), 0
        )

    def task(self, part: TaskPart, exercise: Exercise) -> TaskBlock:
        """Return a task with its words."""
        submission = self.shown_submissions.get(exercise.key)
        answer = str(submission.answer.get("text", "")) if submission else ""
        return TaskBlock(
            exercise=exercise,
            number=self._number(exercise),
            title=substitute(part.title, self.values),
            html=fill_task(part.html, self.values, slug=part.slug, answer=answer),
            hints=tuple(fill_html(hint, self.values) for hint in part.hints),
            solution=fill_html(part.solution if exercise.key in self.solutions else "", self.values),
            standing=self.standings[exercise.key],
            submission=submission,
        )

    def quiz(self, exercise: Exercise, submission: Submission | None = None) -> QuizBlock:
        """Return a question, with an answer to it where there is one to show."""
        return QuizBlock(
            exercise=exercise,
            number=self._number(exercise),
            document=QuizDocument.from_json(exercise.document),
            standing=self.standings[exercise.key],
            submission=submission or self.shown_submissions.get(exercise.key),
        )

    def _number(self, exercise: Exercise) -> int:
        """The place of an exercise among those of its kind, from 1."""
        same = [other.slug for other in self.exercises.values() if other.kind == exercise.kind]
        return same.index(exercise.slug) + 1


def find_page(reader: User, address: Address) -> LessonPage:
    """Return a lesson's page. Raises Http404, also for a course of other people's; LessonShut, which has a page.

    Readers see the current revision. Who has a lab running sees the one that the lab was started with, so that text,
    values and checks belong together.
    """
    session = latest_session(reader, address.key)
    if session is not None and session.is_live:
        wanted = _lessons().filter(lab=session.lab_id)
    else:
        wanted = _lessons().filter(key=address.key, revision=F("revision__course__current"))
    lesson = wanted.first()
    if lesson is None:
        raise Http404
    page = LessonPage(reader=reader, lesson=lesson, session=session)
    try:
        check_can_learn(reader, lesson.key, page.grants)
    except LessonShut:
        raise
    except PermissionDenied as refusal:
        raise Http404 from refusal
    return page


def latest_session(learner: User, lab_key: str) -> LabSession | None:
    """Return the live session of a learner and lab, else the last one, else None."""
    mine = LabSession.objects.filter(learner=learner, lab_key=lab_key).select_related("lab")
    return mine.live_first().first()


def _lessons() -> QuerySet[Lesson]:
    # A text is large and needed in one language only, and by the lab's half of the page in none.
    texts = Prefetch("texts", LessonTextRow.objects.defer("document"))
    return Lesson.objects.select_related("chapter", "revision__course", "lab").prefetch_related(texts, "exercises")
