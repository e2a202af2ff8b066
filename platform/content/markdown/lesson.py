"""One lesson in one language: its tokens become parts, each of safe HTML."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from html import escape

from markdown_it import MarkdownIt
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict

from content.documents import HtmlPart, Part, QuizPart, TaskPart
from content.markdown import boxes
from content.markdown.context import Context
from content.markdown.parser import closing_index, make_parser, refuse_text, too_deep
from content.markdown.quizzes import QuizSource, read_quiz
from content.markdown.renderer import LessonRenderer, context_of
from content.markdown.sanitise import clean, clean_inline
from content.markdown.text import plain

MAX_TITLE = 80  # characters; a task's title stands in a narrow list


@dataclass
class Rendered:
    """What a text says. Lines are those of the file."""

    parts: list[Part] = field(default_factory=list)
    tasks: dict[str, int] = field(default_factory=dict)
    quizzes: dict[str, QuizSource] = field(default_factory=dict)


class BoxRenderer(LessonRenderer):
    """Containers that may stand anywhere; those that may not have been noted before, and show what is in them."""

    def container_box_open(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        context, box = context_of(env), boxes.read_box(tokens[idx])
        context.at(tokens[idx].map)
        if box.name == "details":
            if not box.rest:
                context.problem("container", "`details` has no title.", "Write what opens it: `:::details Why?`.")
            return f"<details><summary>{_PARSER.renderInline(box.rest, env)}</summary>\n"
        if box.name in boxes.CALLOUTS["en"]:
            labels = boxes.CALLOUTS.get(context.language, boxes.CALLOUTS["en"])
            title = _PARSER.renderInline(box.rest, env) if box.rest else escape(labels[box.name])
            return f'<aside class="{box.name}"><p class="title">{title}</p>\n'
        return "<div>\n"

    def container_box_close(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        opening = next(index for index in range(idx, -1, -1) if _opens(tokens, index, idx))
        name = boxes.read_box(tokens[opening]).name
        return "</details>\n" if name == "details" else "</aside>\n" if name in boxes.CALLOUTS["en"] else "</div>\n"


def _opens(tokens: Sequence[Token], index: int, closing: int) -> bool:
    return tokens[index].type == boxes.OPEN and tokens[index].level == tokens[closing].level


_PARSER: MarkdownIt = make_parser(BoxRenderer)


def render(text: str, context: Context) -> Rendered:
    """Render a lesson without its head. What is wrong with it is noted in the context."""
    refused = refuse_text(text)
    if refused:
        line, message, mend = refused
        context.problem("markdown", message, mend, line=context.first_line + line)
        return Rendered()
    text = text.rstrip("\n") + "\n"  # the container plugin reads one character further than a text without it has
    tokens = _PARSER.parse(text, {"context": context})
    deep = too_deep(tokens)
    if deep:
        context.at(deep.map)
        context.problem("markdown", "This is nested too deep.", "Take some of the lists, quotes or containers apart.")
        return Rendered()
    boxes.look_at(tokens, text.split("\n"), context)
    return _Lesson(context).take(tokens)


class _Lesson:
    """Cuts the tokens of a lesson at its tasks and questions."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self.rendered = Rendered()
        self._waiting: list[Token] = []

    def take(self, tokens: Sequence[Token]) -> Rendered:
        for start, end in _blocks(tokens):
            box = boxes.read_box(tokens[start]) if tokens[start].type == boxes.OPEN else None
            if box and box.name in boxes.ON_TOP:
                self._flush()
                self.context.at(tokens[start].map)
                inside = tokens[start + 1 : end]
                self._take_task(box, inside) if box.name == "task" else self._take_quiz(box, inside)
            else:
                self._waiting.extend(tokens[start : end + 1])
        self._flush()
        return self.rendered

    def _flush(self) -> None:
        if self._waiting:
            self.rendered.parts.append(HtmlPart(html=self._html(self._waiting)))
            self._waiting = []

    def _html(self, tokens: Sequence[Token]) -> str:
        html = _PARSER.renderer.render(tokens, _PARSER.options, {"context": self.context})
        return clean(html, self.context.fragments)

    def _inline(self, text: str) -> str:
        return clean_inline(_PARSER.renderInline(text, {"context": self.context}), self.context.fragments)

    def _take_task(self, box: boxes.Box, tokens: Sequence[Token]) -> None:
        context, line = self.context, self.context.line
        slug = boxes.read_id(box, context)
        title = plain(_PARSER.parseInline(box.title, {"context": context})[0].children).strip()
        self._look_at_task(slug, title)
        text, hints, solution = self._cut_task(tokens)
        context.in_task, context.answers = True, 0
        html = self._html(text)
        context.in_task = False
        context.line = line
        if context.answers > 1:
            context.problem(
                "task", "`{answer}` stands in this task more than once.", "Keep one: a task has one answer."
            )
        if not html.strip():
            context.problem("task", "This task does not say what to do.", "Write it between the colons.")
        part = TaskPart(
            slug=slug, title=title, html=html, hints=tuple(hints), solution=solution, answer=context.answers > 0
        )
        self.rendered.parts.append(part)
        self.rendered.tasks[slug] = line

    def _look_at_task(self, slug: str, title: str) -> None:
        context = self.context
        if slug and slug in self._slugs():
            context.problem(
                "task", f"The id `{slug}` is here twice.", "Give this one another id: exercises of a lesson share them."
            )
        if not title:
            context.problem(
                "task", "This task has no title.", "Write it behind the id: `::::task ver-procesos Mira tus procesos`."
            )
        elif len(title) > MAX_TITLE:
            context.problem(
                "task", f"The title has more than {MAX_TITLE} characters.", "Shorten it: it stands in a list."
            )

    def _slugs(self) -> set[str]:
        return set(self.rendered.tasks) | set(self.rendered.quizzes)

    def _cut_task(self, tokens: Sequence[Token]) -> tuple[list[Token], list[str], str]:
        """The task's own text, its hints and its worked solution."""
        text: list[Token] = []
        hints: list[str] = []
        solution = ""
        for start, end in _blocks(tokens):
            name = boxes.read_box(tokens[start]).name if tokens[start].type == boxes.OPEN else ""
            if name == "hint":
                hints.append(self._html(tokens[start + 1 : end]))
            elif name == "solution":
                solution += self._html(tokens[start + 1 : end])
            else:
                text.extend(tokens[start : end + 1])
        return text, hints, solution

    def _take_quiz(self, box: boxes.Box, tokens: Sequence[Token]) -> None:
        context = self.context
        context.in_quiz = True
        quiz = read_quiz(box, tokens, self._html, self._inline, context)
        context.in_quiz = False
        if quiz.slug and quiz.slug in self._slugs():
            mend = "Give this one another id: exercises of a lesson share them."
            context.problem("quiz", f"The id `{quiz.slug}` is here twice.", mend)
        self.rendered.parts.append(QuizPart(slug=quiz.slug))
        self.rendered.quizzes[quiz.slug] = quiz


def _blocks(tokens: Sequence[Token]) -> list[tuple[int, int]]:
    """Start and end of each block on the first level."""
    found = []
    index = 0
    while index < len(tokens):
        end = closing_index(tokens, index)
        found.append((index, end))
        index = end + 1
    return found
