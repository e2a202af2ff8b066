"""What rendering one text needs to know, and what it finds out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from content.documents import Heading
from content.problems import Problems


@dataclass(frozen=True)
class CodeUse:
    """A block of code that does something when it is clicked."""

    line: int
    mode: str
    terminal: str
    path: str


@dataclass(frozen=True)
class LinkUse:
    """A link to a heading, perhaps of another lesson."""

    line: int
    lesson: Path | None
    """Folder of the other lesson; None: this one."""
    anchor: str


@dataclass
class Context:
    """One text while it is being rendered. Lines are counted from 1, in the file."""

    file: str
    language: str
    folder: Path
    """Of the lesson; pictures are taken from there."""
    chapters: Path
    """Of the course; links do not leave it."""
    draw: Callable[[str], str]
    """Makes an SVG of a DOT text. Raises content.diagrams.DiagramError."""
    values: frozenset[str] = frozenset()
    """Names that are declared."""
    first_line: int = 1
    """Of the text in its file."""
    problems: Problems = field(default_factory=Problems)
    headings: list[Heading] = field(default_factory=list)
    code: list[CodeUse] = field(default_factory=list)
    links: list[LinkUse] = field(default_factory=list)
    used_values: dict[str, int] = field(default_factory=dict)
    """Declared names that occur, with the first line where they do."""
    fragments: list[str] = field(default_factory=list)
    """HTML that we made ourselves and that goes in after the sanitiser: drawings, pictures."""
    pictures: int = 0
    """Bytes of all pictures so far."""
    answers: int = 0
    """How many `{answer}` were seen since the last task began; None can be outside one."""
    in_task: bool = False
    in_quiz: bool = False
    line: int = 1
    """Where the block that is being rendered stands."""

    def problem(self, rule: str, message: str, mend: str, *, line: int | None = None) -> None:
        self.problems.add(self.file, line or self.line, rule, message, mend)

    def at(self, position: list[int] | None) -> None:
        """Note where a token stands; tokens without a position are in the block before them."""
        if position:
            self.line = self.first_line + position[0]

    def fragment(self, html: str) -> str:
        """Keep trusted HTML, and return what stands for it until the sanitiser is through."""
        self.fragments.append(html)
        return f'<span data-fragment="{len(self.fragments) - 1}"></span>'

    def use_values(self, names: list[str]) -> None:
        for name in names:
            if name not in self.values:
                continue
            self.used_values.setdefault(name, self.line)
            if self.in_quiz:
                mend = "Write the question without values: it is answered without a lab too."
                self.problem("quiz", "A value stands in this question.", mend)
