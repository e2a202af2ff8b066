"""The pieces that a lesson's text is drawn from, each with the template that draws it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import ClassVar

from django.utils.safestring import SafeString

from content.documents import QuizDocument
from courses.models import Exercise, in_language
from grading.models import Submission, Verdict
from progress.standing import Standing


@dataclass(frozen=True)
class HtmlBlock:
    """Text between exercises."""

    template: ClassVar[str] = "lessons/_html.html"
    html: SafeString


@dataclass(frozen=True)
class TaskBlock:
    """A task of the lab, in the text where it belongs."""

    template: ClassVar[str] = "lessons/_task.html"
    exercise: Exercise
    number: int
    title: str
    html: SafeString
    hints: tuple[SafeString, ...]
    solution: SafeString
    """Empty where the reader may not see it."""
    standing: Standing
    submission: Submission | None


@dataclass(frozen=True)
class Option:
    """One of the answers that a question offers."""

    index: int
    html: SafeString
    feedback: SafeString
    """What its author says to who chose it; empty before the answer is judged."""
    chosen: bool


@dataclass(frozen=True)
class QuizBlock:
    """A question in the text."""

    template: ClassVar[str] = "lessons/_quiz.html"
    exercise: Exercise
    number: int
    document: QuizDocument
    standing: Standing
    submission: Submission | None

    @property
    def question(self) -> SafeString:
        return _sanitised(self.document.question)

    @property
    def judged(self) -> bool:
        return self.submission is not None and self.submission.state == Submission.State.DONE

    @property
    def settled(self) -> bool:
        """Whether the right answer was given, so that there is nothing left to choose."""
        return self.judged and self.submission is not None and self.submission.verdict == Verdict.PASS

    @property
    def typed(self) -> str:
        """What was typed into the field of a question that offers no answers."""
        return str(self.submission.answer.get("text", "")) if self.submission else ""

    @property
    def options(self) -> list[Option]:
        chosen: Collection[int] = self.submission.answer.get("choices", []) if self.submission else []
        return [
            Option(
                index=index,
                html=_sanitised(choice.text),
                feedback=_sanitised(choice.feedback if self.judged and index in chosen else {}),
                chosen=index in chosen,
            )
            for index, choice in enumerate(self.document.choices)
        ]

    @property
    def feedback(self) -> SafeString:
        """What the author says after a wrong answer."""
        return _sanitised(self.document.feedback if self.judged and not self.settled else {})


def _sanitised(texts: dict[str, str]) -> SafeString:
    """Return the text in the reader's language: HTML that went through the sanitiser when the course was synced."""
    return SafeString(in_language(texts) if texts else "")


Block = HtmlBlock | TaskBlock | QuizBlock
