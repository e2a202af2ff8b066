"""One lesson folder: its texts in every language, its lab, and both together as one document."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from content import schemas, yaml
from content.documents import (
    ChoiceDocument,
    LabDocument,
    LessonDocument,
    LessonText,
    Part,
    QuizDocument,
    TaskDocument,
    TaskPart,
)
from content.files import parse_yaml, read_text
from content.labs import LabSource, load_lab, value_names
from content.markdown.context import Context
from content.markdown.lesson import Rendered, render
from content.markdown.quizzes import QuizSource
from content.markdown.renderer import code_html
from content.markdown.sanitise import clean
from content.problems import Problems
from content.settings import Settings

_HEAD = re.compile(r"---[ \t]*\n(?P<head>.*?\n)??---[ \t]*(\n|$)", re.DOTALL)


@dataclass
class TextSource:
    """A lesson in one language, and where its parts stand."""

    path: Path
    head: dict[str, Any]
    head_lines: yaml.Located
    rendered: Rendered
    context: Context


@dataclass
class LessonSource:
    """Everything that a lesson folder says."""

    folder: Path
    slug: str
    number: int
    texts: dict[str, TextSource] = field(default_factory=dict)
    lab: LabSource | None = None
    has_lab: bool = False
    """Whether there is a lab.yaml, usable or not."""


def load_lesson(folder: Path, slug: str, number: int, settings: Settings, problems: Problems) -> LessonSource:
    """Read one folder. What can be said without looking at another file or language is noted in the problems."""
    source = LessonSource(folder, slug, number)
    source.has_lab = (folder / "lab.yaml").exists()
    source.lab = load_lab(folder, problems)
    for language in settings.languages:
        text = _load_text(source, language, settings, problems)
        if text:
            source.texts[language] = text
    return source


def _load_text(source: LessonSource, language: str, settings: Settings, problems: Problems) -> TextSource | None:
    path = source.folder / f"lesson.{language}.md"
    text = read_text(path, problems)
    if text is None:
        return None
    found = _HEAD.match(text)
    if not found:
        mend = "Write `---`, `title:`, `objectives:` and `---` on the first lines."
        problems.add(path, 1, "head", "This lesson has no head.", mend)
        return None
    head = _read_head(found["head"] or "", path, problems)
    if head is None:
        return None
    context = Context(
        file=str(path),
        language=language,
        folder=source.folder,
        chapters=settings.course,
        draw=settings.diagrams.draw,
        values=value_names(source.lab.document.values) if source.lab else frozenset(),
        first_line=found[0].count("\n") + 1,
        problems=problems,
    )
    return TextSource(path, head.data, head, render(text[found.end() :], context), context)


def _read_head(text: str, path: Path, problems: Problems) -> yaml.Located | None:
    located = parse_yaml(text, path, problems, first_line=2)
    if located is None:
        return None
    wrong = schemas.check(located, "lesson")
    problems.extend(wrong)
    return None if wrong else located


def document_of(source: LessonSource, languages: tuple[str, ...]) -> LessonDocument:
    """The lesson as others see it. Call it only where no problem was found."""
    first = source.texts[languages[0]]
    lab = _with_titles(source.lab.document, source.texts, first) if source.lab else None
    return LessonDocument(
        slug=source.slug,
        number=source.number,
        minutes=first.head["minutes"],
        texts={language: _text(source.texts[language], lab) for language in languages},
        lab=lab,
        quizzes=tuple(_quiz(slug, source) for slug in first.rendered.quizzes),
    )


def _with_titles(lab: LabDocument, texts: dict[str, TextSource], first: TextSource) -> LabDocument:
    """The lab with its tasks in the order of the text, each with its title in every language."""
    tasks = {task.slug: task for task in lab.tasks}
    titles = {
        language: {part.slug: part.title for part in text.rendered.parts if isinstance(part, TaskPart)}
        for language, text in texts.items()
    }
    ordered = tuple(
        replace(tasks[slug], title={language: titles[language][slug] for language in titles})
        for slug in first.rendered.tasks
    )
    return replace(lab, tasks=ordered)


def _text(text: TextSource, lab: LabDocument | None) -> LessonText:
    tasks = {task.slug: task for task in lab.tasks} if lab else {}
    return LessonText(
        title=text.head["title"],
        objectives=tuple(text.head["objectives"]),
        headings=tuple(text.context.headings),
        parts=tuple(_with_solution(part, tasks, text.context.values) for part in text.rendered.parts),
    )


def _with_solution(part: Part, tasks: dict[str, TaskDocument], declared: frozenset[str]) -> Part:
    """A task whose author wrote no solution in the text shows the steps of lab.yaml."""
    if not isinstance(part, TaskPart) or part.solution:
        return part
    steps = "\n".join(step.run for step in tasks[part.slug].solution)
    return replace(part, solution=clean(code_html(steps, "bash", declared, mode="copy")))


def _quiz(slug: str, source: LessonSource) -> QuizDocument:
    """One question of all languages. The rules have seen to it that they have the same shape."""
    by_language = {language: text.rendered.quizzes[slug] for language, text in source.texts.items()}
    quiz = next(iter(by_language.values()))
    return QuizDocument(
        slug=slug,
        kind=quiz.kind,
        question={language: one.question for language, one in by_language.items()},
        points=quiz.points,
        choices=tuple(_choice(index, by_language) for index in range(len(quiz.choices))),
        answers=tuple(dict.fromkeys(answer for one in by_language.values() for answer in one.answers)),
        tolerance=quiz.tolerance,
        feedback={language: one.feedback for language, one in by_language.items() if one.feedback},
    )


def _choice(index: int, by_language: dict[str, QuizSource]) -> ChoiceDocument:
    choices = {language: quiz.choices[index] for language, quiz in by_language.items()}
    return ChoiceDocument(
        correct=next(iter(choices.values()))[0],
        text={language: text for language, (_, text, _) in choices.items()},
        feedback={language: feedback for language, (_, _, feedback) in choices.items() if feedback},
    )
