"""Questions: text, then either a list of choices or the right answer."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Literal

from markdown_it.token import Token

from content.markdown.boxes import Box, read_id
from content.markdown.context import Context
from content.markdown.parser import closing_index

MAX_CHOICES = 12  # more than anybody weighs against each other

Kind = Literal["single", "multiple", "text", "number"]
Inline = Callable[[str], str]

_CHOICE = re.compile(r"\[(?P<mark>[ xX])\]\s+(?P<text>\S.*)", re.DOTALL)
_SETTING = re.compile(r"(?P<key>answer|tolerance|feedback|points):\s*(?P<value>.*)")
_NUMBER = re.compile(r"-?\d{1,15}([.,]\d{1,10})?")


@dataclass
class QuizSource:
    """A question in one language."""

    slug: str
    line: int
    kind: Kind = "single"
    question: str = ""
    choices: list[tuple[bool, str, str]] = field(default_factory=list)
    """Whether it is right, its text, what is said to who chose it."""
    answers: list[str] = field(default_factory=list)
    tolerance: float = 0
    feedback: str = ""
    points: int = 1


def read_quiz(
    box: Box, tokens: Sequence[Token], render: Callable[[Sequence[Token]], str], inline: Inline, context: Context
) -> QuizSource:
    """The question between the colons. What is wrong with it is noted in the context."""
    quiz = QuizSource(slug=read_id(box, context), line=context.line)
    question: list[Token] = []
    index = 0
    while index < len(tokens):
        end = closing_index(tokens, index)
        block = tokens[index : end + 1]
        if not _take(block, quiz, inline, context):
            question.extend(block)
        index = end + 1
    context.line = quiz.line
    quiz.question = render(question)
    context.line = quiz.line
    _look_at(quiz, bool(question), context)
    if box.title not in ("", "multiple"):
        context.problem(
            "quiz", "Words follow the question's id.", "Write the question below, in the lines between the colons."
        )
    elif box.title == "multiple" and quiz.kind == "single":
        quiz.kind = "multiple"
    return quiz


def _take(block: Sequence[Token], quiz: QuizSource, inline: Inline, context: Context) -> bool:
    """Whether a block is the choices or the settings; if so it is read."""
    context.at(block[0].map)
    if block[0].type == "bullet_list_open" and any(token.content.startswith("[") for token in block):
        _read_choices(block, quiz, inline, context)
        return True
    if block[0].type == "paragraph_open" and _SETTING.match(block[1].content):
        _read_settings(block[1], quiz, inline, context)
        return True
    return False


def _read_choices(block: Sequence[Token], quiz: QuizSource, inline: Inline, context: Context) -> None:
    for token in block:
        context.at(token.map)
        if token.type != "inline":
            continue
        found = _CHOICE.fullmatch(token.content.strip())
        if not found:
            context.problem(
                "quiz", "A choice does not say whether it is right.", "Write `- [x] right` or `- [ ] wrong`."
            )
            continue
        text, feedback = _split_feedback(found["text"])
        quiz.choices.append((found["mark"] != " ", inline(text), inline(feedback)))
    quiz.kind = "multiple" if sum(right for right, _, _ in quiz.choices) > 1 else "single"


def _split_feedback(text: str) -> tuple[str, str]:
    """Text and what stands in braces behind it. Braces inside, as in `{{.Name}}`, are counted."""
    text = text.strip()
    if not text.endswith("}"):
        return text, ""
    depth = 0
    for position in range(len(text) - 1, -1, -1):
        depth += {"}": 1, "{": -1}.get(text[position], 0)
        if depth == 0:
            before = text[:position]
            is_feedback = before[-1:].isspace()
            return (before.strip(), text[position + 1 : -1].strip()) if is_feedback else (text, "")
    return text, ""


def _read_settings(token: Token, quiz: QuizSource, inline: Inline, context: Context) -> None:
    first = context.line
    for number, line in enumerate(token.content.split("\n")):
        context.line = first + number
        found = _SETTING.fullmatch(line.strip())
        if not found or not found["value"]:
            mend = "Write `answer:`, `tolerance:`, `feedback:` or `points:` and a value, one a line."
            context.problem("quiz", "This line of the question cannot be read.", mend)
        elif found["key"] == "answer":
            quiz.answers.append(found["value"].strip())
        elif found["key"] == "feedback":
            quiz.feedback = inline(found["value"])
        else:
            _read_number(found["key"], found["value"].strip(), quiz, context)
    if len(quiz.answers) == 1 and _NUMBER.fullmatch(quiz.answers[0]):
        quiz.kind = "number"
        quiz.answers = [quiz.answers[0].replace(",", ".")]
    elif quiz.answers:
        quiz.kind = "text"


def _read_number(key: str, value: str, quiz: QuizSource, context: Context) -> None:
    number = float(value.replace(",", ".")) if _NUMBER.fullmatch(value) else -1
    if key == "tolerance" and number >= 0:
        quiz.tolerance = number
    elif key == "points" and number in range(1, 101):
        quiz.points = int(number)
    else:
        context.problem("quiz", f"`{key}` cannot be `{value[:40]}`.", f"Write a number: `{key}: 1`.")


def _look_at(quiz: QuizSource, asks: bool, context: Context) -> None:
    if not asks:
        context.problem("quiz", "This question asks nothing.", "Write the question above its choices.")
    if not quiz.choices and not quiz.answers:
        mend = "Write choices (`- [x] right`, `- [ ] wrong`) or `answer: ...`."
        context.problem("quiz", "This question has no answer.", mend)
    if quiz.choices and quiz.answers:
        context.problem("quiz", "This question has choices and an answer.", "Keep one of them.")
    if quiz.tolerance and quiz.kind != "number":
        context.problem(
            "quiz", "`tolerance` belongs to one number.", "Delete it, or give one `answer:` that is a number."
        )
    if quiz.choices:
        _look_at_choices(quiz, context)


def _look_at_choices(quiz: QuizSource, context: Context) -> None:
    right = sum(correct for correct, _, _ in quiz.choices)
    if right == 0:
        context.problem("quiz", "No choice of this question is right.", "Mark the right one: `- [x]`.")
    if not 2 <= len(quiz.choices) <= MAX_CHOICES:
        context.problem("quiz", f"This question has {len(quiz.choices)} choices.", f"Offer two to {MAX_CHOICES}.")
