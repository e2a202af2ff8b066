"""Questions that are answered in the text: what an answer may look like, and whether it is right. Plain functions."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_noop as _

from content.documents import QuizDocument
from grading.expects.operators import as_number
from grading.expects.texts import Texts, in_each_language

MAX_ANSWER = 500  # characters that anybody would type into one line


class BadAnswer(Exception):
    """Shown to the learner: this cannot be graded. The text is marked for translation."""


@dataclass(frozen=True, kw_only=True)
class Chosen:
    """One thing that the learner chose, and what there is to say about it."""

    position: int
    right: bool
    feedback: Texts
    """Inline HTML; empty if the author wrote none."""


@dataclass(frozen=True, kw_only=True)
class Assessment:
    """What an answer is worth. Says nothing about choices that were not made, so that it can be shown."""

    right: bool
    share: Decimal
    """Of the points, 0 to 1."""
    chosen: tuple[Chosen, ...] = ()
    feedback: Texts
    """HTML after a wrong answer; empty if the author wrote none."""


def clean_answer(question: QuizDocument, given: Mapping[str, Any]) -> dict[str, Any]:
    """Return the answer as it is stored: `{"choices": [0, 2]}` or `{"text": "..."}`. Raises BadAnswer."""
    if question.kind in ("single", "multiple"):
        return {"choices": _clean_choices(question, given.get("choices"))}
    text = clean_text(given.get("text"))
    if not text:
        raise BadAnswer(_("Write an answer first."))
    if question.kind == "number" and as_number(text) is None:
        raise BadAnswer(_("Write a number, with digits."))
    return {"text": text}


def clean_text(given: Any) -> str:
    """Return one line of what somebody typed. Raises BadAnswer where it is too long."""
    text = " ".join(given.replace("\0", " ").split()) if isinstance(given, str) else ""
    if len(text) > MAX_ANSWER:
        raise BadAnswer(_("This answer is too long. A word or a number is enough."))
    return text


def assess(question: QuizDocument, answer: Mapping[str, Any]) -> Assessment:
    """Compare a cleaned answer with what is right. Pure."""
    if question.kind in ("single", "multiple"):
        return _assess_choices(question, set(answer["choices"]))
    right = (
        _number_is_right(question, answer["text"]) if question.kind == "number" else _is_among(question, answer["text"])
    )
    return Assessment(right=right, share=Decimal(right), feedback=_feedback(question, right))


def _clean_choices(question: QuizDocument, given: Any) -> list[int]:
    positions = given if isinstance(given, list | tuple) else []
    known = range(len(question.choices))
    choices = sorted({position for position in positions if type(position) is int and position in known})
    if not choices:
        raise BadAnswer(_("Choose an answer first."))
    if question.kind == "single" and len(choices) > 1:
        raise BadAnswer(_("Choose one answer only."))
    return choices


def _assess_choices(question: QuizDocument, choices: set[int]) -> Assessment:
    """All or nothing for one right choice; of several, each right one counts and each wrong one takes one away."""
    wanted = {position for position, choice in enumerate(question.choices) if choice.correct}
    hits, misses = len(choices & wanted), len(choices - wanted)
    right = choices == wanted
    chosen = tuple(
        Chosen(
            position=position,
            right=question.choices[position].correct,
            feedback=in_each_language(question.choices[position].feedback),
        )
        for position in sorted(choices)
    )
    share = Decimal(max(0, hits - misses)) / len(wanted)
    return Assessment(right=right, share=share, chosen=chosen, feedback=_feedback(question, right))


def _number_is_right(question: QuizDocument, text: str) -> bool:
    given, wanted = as_number(text), as_number(question.answers[0])
    # A hair more than the tolerance: 0.1 + 0.2 is not 0.3 in binary, and no learner should pay for it.
    return (
        given is not None
        and wanted is not None
        and abs(given - wanted) <= question.tolerance + 1e-9 * max(1, abs(wanted))
    )


def _is_among(question: QuizDocument, text: str) -> bool:
    return any(_plain(text) == _plain(answer) for answer in question.answers)


def _plain(text: str) -> str:
    """Return a text without what nobody means to be graded on: capitals, accents, white space."""
    apart = unicodedata.normalize("NFKD", text)
    return " ".join("".join(letter for letter in apart if not unicodedata.combining(letter)).casefold().split())


def _feedback(question: QuizDocument, right: bool) -> Texts:
    return {} if right else in_each_language(question.feedback)
