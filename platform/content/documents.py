"""What the files in `labs/` say, checked and rendered: the documents that everything else is written against.

Every field named `html` (and the texts of questions and choices) is HTML that has been through the sanitiser. It may
hold two kinds of placeholder: `${name}` for a declared value, which `content.values.substitute` fills, and
`ANSWER_PLACEHOLDER`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from content.serial import Document

Texts = dict[str, str]  # by language code: {"es": ..., "en": ...}; complete in the course's languages

# Where a task's text wants the field for the learner's answer. Occurs at most once in `TaskPart.html`.
ANSWER_PLACEHOLDER = '<span class="answer"></span>'


@dataclass(frozen=True, kw_only=True)
class HtmlPart(Document):
    """Text between exercises."""

    html: str


@dataclass(frozen=True, kw_only=True)
class TaskPart(Document):
    """The place of a lab task in the text, and the words around it in one language."""

    slug: str
    title: str
    """Plain text, for the checklist too."""
    html: str
    hints: tuple[str, ...] = ()
    """HTML, to be uncovered one by one."""
    solution: str = ""
    """HTML of the worked solution; empty if there is none to show."""
    answer: bool = False
    """Whether the learner types an answer (`html` then holds ANSWER_PLACEHOLDER)."""


@dataclass(frozen=True, kw_only=True)
class QuizPart(Document):
    """The place of a question in the text; the question itself is the QuizDocument of that slug."""

    slug: str


Part = HtmlPart | TaskPart | QuizPart


@dataclass(frozen=True, kw_only=True)
class Heading(Document):
    """A heading inside a lesson, for its table of contents."""

    level: int
    """2 to 4; 1 is the lesson's title."""
    anchor: str
    text: str


@dataclass(frozen=True, kw_only=True)
class LessonText(Document):
    """A lesson in one language."""

    title: str
    objectives: tuple[str, ...]
    headings: tuple[Heading, ...]
    parts: tuple[Part, ...]


@dataclass(frozen=True, kw_only=True)
class ChoiceDocument(Document):
    """One of the answers that a question offers. Choices are told apart by their position, from 0."""

    correct: bool
    text: Texts
    """Inline HTML."""
    feedback: Texts = field(default_factory=dict)
    """Inline HTML shown to who chose it; empty if the author wrote none."""


@dataclass(frozen=True, kw_only=True)
class QuizDocument(Document):
    """A question that is answered in the text."""

    slug: str
    kind: Literal["single", "multiple", "text", "number"]
    question: Texts
    """HTML."""
    points: int = 1
    choices: tuple[ChoiceDocument, ...] = ()
    """For `single` (exactly one is correct) and `multiple` (at least one is)."""
    answers: tuple[str, ...] = ()
    """For `text`: each is right, in every language, compared without case and accents. For `number`: one."""
    tolerance: float = 0
    """For `number`: how far off is still right."""
    feedback: Texts = field(default_factory=dict)
    """HTML shown after a wrong answer; empty if the author wrote none."""


@dataclass(frozen=True, kw_only=True)
class TryCase(Document):
    """What to try next, said after a failed check."""

    text: Texts
    """Plain text with `code` in backticks; whoever shows it escapes it."""
    when: dict[str, Any] | None = None
    """Operators (equals, contains, matches, min, max, absent, one_of) on what was found; None: in every other case."""


@dataclass(frozen=True, kw_only=True)
class ExpectDocument(Document):
    """One check of a task."""

    kind: str
    """Name of the module in grading/expects and of the schema in content/schema/expects."""
    arguments: dict[str, Any]
    """As its schema describes, `${name}` still in place (fill with `content.values.fill`).

    A `script` also has its text, in `source`.
    """
    weight: int = 1
    """Its share of the task's points."""
    tries: tuple[TryCase, ...] = ()
    """The first whose `when` holds is said."""
    hide: bool = False
    """Neither expected nor found are shown, since they would give the answer away."""
    holds: bool = False
    """Must still be true when the whole lab is solved."""


@dataclass(frozen=True, kw_only=True)
class StepDocument(Document):
    """One line of a task's solution."""

    run: str
    """What to type; `${name}` still in place."""
    inert: str = ""
    """Why leaving it out changes no check; empty if it does."""
    answer: bool = False
    """Whether the last line it prints is what the learner would type as the answer."""
    timeout: int = 60
    """Seconds it may take."""


@dataclass(frozen=True, kw_only=True)
class TaskDocument(Document):
    """Something to do in a lab, and how to see that it was done."""

    slug: str
    points: int
    needs: tuple[str, ...]
    """Tasks to be done before; never a cycle."""
    title: Texts
    expect: tuple[ExpectDocument, ...]
    solution: tuple[StepDocument, ...]


@dataclass(frozen=True, kw_only=True)
class FileDocument(Document):
    """A file to be put into the learner's home."""

    path: str
    """Relative to the home directory, with `/`; never leaves it."""
    mode: int
    """0o644 or 0o755."""
    data: bytes


@dataclass(frozen=True, kw_only=True)
class ValueSpec(Document):
    """How a value that differs from sandbox to sandbox is drawn."""

    name: str
    kind: Literal["int", "choice", "hex"]
    minimum: int = 0
    maximum: int = 0
    """For `int`; both ends can be drawn."""
    choices: tuple[str, ...] = ()
    """For `choice`."""
    length: int = 0
    """For `hex`: the number of digits."""


@dataclass(frozen=True, kw_only=True)
class TerminalDocument(Document):
    """A terminal that the lab pane offers from the start."""

    name: str
    title: Texts = field(default_factory=dict)
    """Empty: show the name."""


@dataclass(frozen=True, kw_only=True)
class PortDocument(Document):
    """A port of the sandbox that the learner can open in a browser."""

    port: str
    """A number from 1 to 65535, or `${name}` of a value that is one (fill with `content.values.substitute`)."""
    title: Texts
    """Plain text."""


@dataclass(frozen=True, kw_only=True)
class LabDocument(Document):
    """The environment of a lesson and its tasks."""

    image: str
    """A folder of labs/images."""
    profile: str
    minutes: int
    """Life of a session."""
    idle: int
    """Minutes without activity after which a session ends."""
    limits: dict[str, float]
    """Those that differ from the profile's: memory_bytes, cpus, pids, disk_bytes."""
    values: tuple[ValueSpec, ...]
    terminals: tuple[TerminalDocument, ...]
    """At least one."""
    setup: str
    """Text of setup.sh; empty for none."""
    files: tuple[FileDocument, ...]
    tasks: tuple[TaskDocument, ...]
    """In the order of the text; a task comes after those it needs."""
    ports: tuple[PortDocument, ...] = ()
    """No two with the same number."""
    images: tuple[str, ...] = ()
    """What can be pulled in the lab, as `docker pull` takes it: `nginx`, `alpine:3`."""


@dataclass(frozen=True, kw_only=True)
class LessonDocument(Document):
    """One folder `nn-slug` inside a chapter."""

    slug: str
    number: int
    minutes: int
    texts: dict[str, LessonText]
    lab: LabDocument | None
    quizzes: tuple[QuizDocument, ...]


@dataclass(frozen=True, kw_only=True)
class ChapterDocument(Document):
    """One folder `nn-slug` inside a course."""

    slug: str
    number: int
    titles: Texts
    summaries: Texts
    lessons: tuple[LessonDocument, ...]


@dataclass(frozen=True, kw_only=True)
class CourseDocument(Document):
    """One folder of labs/courses."""

    slug: str
    titles: Texts
    summaries: Texts
    languages: tuple[str, ...]
    """The first is the one that others are compared with."""
    licence: str
    """An SPDX identifier."""
    authors: tuple[str, ...]
    chapters: tuple[ChapterDocument, ...]
