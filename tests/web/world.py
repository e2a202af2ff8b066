"""A small course with everything that a lesson's page can show."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.utils import timezone
from factories import (
    CohortFactory,
    EnrolmentFactory,
    ExerciseFactory,
    LabFactory,
    LessonFactory,
    LessonTextFactory,
    SandboxFactory,
    task_document,
)
from factories import lab_document as small_lab

from accounts.models import User
from cohorts.models import Cohort, Enrolment, Role
from content.documents import (
    ANSWER_PLACEHOLDER,
    ChoiceDocument,
    HtmlPart,
    LessonText,
    QuizDocument,
    QuizPart,
    TaskPart,
    TerminalDocument,
    ValueSpec,
)
from courses.models import Exercise, Lab, Lesson
from grading.models import CheckResult, Submission, Verdict
from lab_sessions.models import LabSession
from lab_sessions.transitions import State

QUIZ = QuizDocument(
    slug="layers",
    kind="single",
    question={"es": "<p>¿Qué pasa?</p>", "en": "<p>What happens?</p>"},
    choices=(
        ChoiceDocument(correct=True, text={"es": "Esto", "en": "This"}, feedback={"es": "Eso.", "en": "It does."}),
        ChoiceDocument(correct=False, text={"es": "Otro", "en": "That"}, feedback={"es": "No.", "en": "It does not."}),
    ),
    feedback={"es": "<p>Piensa.</p>", "en": "<p>Think.</p>"},
)
VALUES = (ValueSpec(name="port", kind="int", minimum=8000, maximum=9000),)


def lesson_text(language: str) -> LessonText:
    """Return text, a task with an answer, a task without, and a question."""
    return LessonText(
        title={"es": "Lección uno", "en": "Lesson one"}[language],
        objectives=("See everything",),
        headings=(),
        parts=(
            HtmlPart(html='<h2 id="sec-a">A</h2><p>Port <var class="value">${port}</var>, shell ${HOME}</p>'),
            TaskPart(
                slug="make-file", title="Make ${port}", html="<p>Make it.</p>", hints=("<p>One</p>", "<p>Two</p>")
            ),
            TaskPart(slug="find-word", title="Find it", html=f"<p>Which? {ANSWER_PLACEHOLDER}</p>", answer=True),
            QuizPart(slug="layers"),
        ),
    )


@dataclass
class World:
    """The rows of the course."""

    lesson: Lesson
    lab: Lab
    task: Exercise
    answered: Exercise
    quiz: Exercise
    cohort: Cohort
    enrolment: Enrolment
    """Of an assistant whom no test knows: nobody's rights depend on it, and no class has one learner more."""

    @property
    def path(self) -> str:
        return f"/courses/{self.lesson.key}/"

    def submit_path(self, exercise: Exercise) -> str:
        return f"{self.path}exercises/{exercise.slug}/"

    def session(self, learner: User, state: State = State.READY, **changes: Any) -> LabSession:
        """Return a lab session of `learner` in `state`; a ready one has a sandbox and time."""
        now = timezone.now()
        values: dict[str, Any] = {"learner": learner, "lab": self.lab, "lab_key": self.lab.key, "state": state}
        if state == State.READY:
            values |= {
                "sandbox": SandboxFactory(state="assigned", assigned_at=now),
                "values": {"port": "8765"},
                "expires_at": now + timedelta(minutes=40),
                "idle_at": now + timedelta(minutes=14),
            }
        return LabSession.objects.create(**{**values, **changes})

    def submission(self, learner: User, exercise: Exercise, verdict: str = "", **changes: Any) -> Submission:
        """Return a submission, done where it has a verdict."""
        state = Submission.State.DONE if verdict else Submission.State.QUEUED
        values: dict[str, Any] = {
            "learner": learner,
            "exercise": exercise,
            "exercise_key": exercise.key,
            "origin": Submission.Origin.ASKED,
            "state": state,
            "verdict": verdict,
            "points": exercise.points if verdict == Verdict.PASS else 0,
            "finished_at": timezone.now() if verdict else None,
        }
        return Submission.objects.create(**{**values, **changes})

    def failed_check(self, submission: Submission, **texts: str) -> CheckResult:
        """Return a check that failed, with the same words in both languages."""
        words = {name: {"es": text, "en": text} for name, text in texts.items()}
        return CheckResult.objects.create(submission=submission, position=0, kind="file", verdict=Verdict.FAIL, **words)


def make_world() -> World:
    """Create the course and show it to readers."""
    lesson = LessonFactory(chapter__revision__course__slug="course", chapter__slug="one", slug="lesson", number=1)
    for language in ("es", "en"):
        text = lesson_text(language)
        LessonTextFactory(lesson=lesson, language=language, title=text.title, document=text.to_json())
    tasks = (task_document(), task_document("find-word", title={"es": "Encuéntrala", "en": "Find it"}))
    terminals = (TerminalDocument(name="main", title={"es": "Terminal", "en": "Terminal"}),)
    lab = LabFactory(lesson=lesson, document=small_lab(tasks=tasks, values=VALUES, terminals=terminals).to_json())
    quiz = ExerciseFactory(
        lesson=lesson, slug="layers", kind=Exercise.Kind.QUIZ, position=3, points=1, document=QUIZ.to_json()
    )
    cohort = CohortFactory(name="Class 1A")
    cohort.courses.set([lesson.revision.course])
    return World(
        cohort=cohort,
        enrolment=EnrolmentFactory(cohort=cohort, role=Role.ASSISTANT),
        lesson=lesson,
        lab=lab,
        task=ExerciseFactory(lesson=lesson, position=1),
        answered=ExerciseFactory(lesson=lesson, slug="find-word", position=2, titles={"es": "Busca", "en": "Find it"}),
        quiz=quiz,
    )
