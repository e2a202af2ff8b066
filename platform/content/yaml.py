"""A safe, small YAML: plain data with the line of every value. No tags, no directives, no surprises.

ruamel.yaml reads the events; the tree is built here without recursion, since its own composer accepts tags, duplicate
keys and any depth, and since its scanner needs minutes for what is nested 100,000 deep unless somebody stops it early.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLStreamError
from ruamel.yaml.events import (
    AliasEvent,
    CollectionEndEvent,
    CollectionStartEvent,
    DocumentStartEvent,
    Event,
    MappingStartEvent,
    NodeEvent,
    ScalarEvent,
)
from ruamel.yaml.reader import ReaderError

from content.problems import ContentErrors, Problem

MAX_BYTES = 128 * 1024  # a long lab.yaml has 10 KiB; reading takes about 4 s a MiB
MAX_DEPTH = 20  # the format itself needs 8
MAX_NODES = 10_000  # after aliases are written out, so that they cannot multiply
MAX_ALIASES = 50
MAX_DIGITS = 15  # beyond, a number is taken as text: floats and JSON would round it

Path = tuple[str | int, ...]


@dataclass(frozen=True)
class Located:
    """Data and where it stands. A path is the keys and indexes that lead to a value from the top."""

    file: str
    data: Any
    lines: dict[Path, int] = field(default_factory=dict)
    raw: dict[Path, str] = field(default_factory=dict)
    """Scalars as they were written, quotes left out: `0644` is the number 644, but its author meant a mode."""

    def line(self, *path: str | int) -> int:
        """The line of that value, or of the innermost thing around it that exists."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)


def parse(text: str, *, file: str, first_line: int = 1) -> Located:
    """Raises ContentErrors with one problem, in the line where reading stopped."""
    if len(text.encode("utf-8", "surrogatepass")) > MAX_BYTES:
        message = f"This YAML has more than {MAX_BYTES // 1024} KiB."
        raise ContentErrors(
            [Problem(file, first_line, message, "Move texts into the lesson and scripts into files.", "yaml")]
        )
    builder = _Builder(file, first_line)
    try:
        for event in YAML(typ="safe", pure=True).parse(text):
            builder.take(event)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise builder.error(mark.line if mark else 0, *_explain(error)) from error
    except (YAMLStreamError, ReaderError) as error:
        line = text[: getattr(error, "position", 0) or 0].count("\n")
        raise builder.error(
            line, "There is a control character in this line.", "Delete it and type the line again."
        ) from error
    return Located(file, builder.root, builder.lines, builder.raw)


class _Frame:
    """A list or mapping that is still open."""

    def __init__(self, container: Any, path: Path, anchor: str | None) -> None:
        self.container = container
        self.path = path
        self.anchor = anchor
        self.key: str | None = None


class _Builder:
    """Makes the tree of the events of one document."""

    def __init__(self, file: str, first_line: int) -> None:
        self.file = file
        self.first_line = first_line
        self.root: Any = None
        self.lines: dict[Path, int] = {}
        self.raw: dict[Path, str] = {}
        self._open: list[_Frame] = []
        self._anchors: dict[str, tuple[Any, int]] = {}
        self._sizes: dict[int, int] = {}
        self._nodes = 0
        self._aliases = 0
        self._documents = 0

    def error(self, line: int, message: str, mend: str) -> ContentErrors:
        return ContentErrors([Problem(self.file, self.first_line + line, message, mend, "yaml")])

    def take(self, event: Event) -> None:
        line = event.start_mark.line
        if isinstance(event, DocumentStartEvent):
            self._documents += 1
            if self._documents > 1:
                raise self.error(
                    line, "A second document starts here.", "Delete the line `---`: a file holds one document."
                )
            if event.version or event.tags:
                raise self.error(line, "A YAML directive stands here.", "Delete the lines that start with `%`.")
        elif isinstance(event, CollectionEndEvent):
            frame = self._open.pop()
            if frame.anchor:
                self._anchors[frame.anchor] = (frame.container, self._nodes - self._sizes[id(frame.container)])
        elif isinstance(event, NodeEvent):
            self._take_node(event, line)

    def _take_node(self, event: NodeEvent, line: int) -> None:
        tag = getattr(event, "ctag", None)
        if tag is not None:
            raise self.error(
                line, f"The tag `{str(tag)[:40]}` stands here.", "Delete it: only plain data can be written."
            )
        self._count(1, line)
        frame = self._open[-1] if self._open else None
        if frame is not None and isinstance(frame.container, dict) and frame.key is None:
            self._take_key(frame, event, line)
            return
        path = self._path()
        self.lines.setdefault(path, self.first_line + line)
        if isinstance(event, CollectionStartEvent):
            self._start(event, path, line)
        elif isinstance(event, AliasEvent):
            self._put(self._dereference(event, line))
        elif isinstance(event, ScalarEvent):
            self.raw[path] = event.value
            value = _scalar(event)
            if event.anchor:
                self._anchors[event.anchor] = (value, 1)
            self._put(value)

    def _take_key(self, frame: _Frame, event: NodeEvent, line: int) -> None:
        if not isinstance(event, ScalarEvent) or event.anchor:
            raise self.error(line, "A key is not plain text here.", "Write `key: value`, with a word as the key.")
        if event.value == "<<" and not event.style:
            raise self.error(
                line, "The merge key `<<` stands here.", "Write its content out: merging is not part of the format."
            )
        if event.value in frame.container:
            first = self.lines[(*frame.path, event.value)]
            raise self.error(
                line, f"The key `{event.value}` is here twice.", f"Keep one of them: the first is in line {first}."
            )
        frame.key = event.value
        frame.container[event.value] = None
        self.lines[(*frame.path, event.value)] = self.first_line + line

    def _start(self, event: CollectionStartEvent, path: Path, line: int) -> None:
        if len(self._open) >= MAX_DEPTH:
            raise self.error(
                line, f"This is nested more than {MAX_DEPTH} deep.", "Close the brackets that are still open."
            )
        container: Any = {} if isinstance(event, MappingStartEvent) else []
        self._put(container)
        self._sizes[id(container)] = self._nodes - 1
        self._open.append(_Frame(container, path, event.anchor))

    def _dereference(self, event: AliasEvent, line: int) -> Any:
        self._aliases += 1
        if self._aliases > MAX_ALIASES:
            raise self.error(line, f"There are more than {MAX_ALIASES} aliases.", "Write the values out.")
        if event.anchor not in self._anchors:
            raise self.error(line, f"The alias `*{event.anchor}` refers to nothing before it.", "Write the value out.")
        value, size = self._anchors[event.anchor]
        self._count(size, line)
        return value

    def _count(self, nodes: int, line: int) -> None:
        self._nodes += nodes
        if self._nodes > MAX_NODES:
            raise self.error(
                line, f"There are more than {MAX_NODES} values up to here.", "Split the lesson into several."
            )

    def _path(self) -> Path:
        if not self._open:
            return ()
        frame = self._open[-1]
        return (*frame.path, frame.key if frame.key is not None else len(frame.container))

    def _put(self, value: Any) -> None:
        if not self._open:
            self.root = value
            return
        frame = self._open[-1]
        if isinstance(frame.container, list):
            frame.container.append(value)
        else:
            frame.container[frame.key] = value
            frame.key = None


_INTEGER = re.compile(rf"[-+]?[0-9]{{1,{MAX_DIGITS}}}")
_FLOAT = re.compile(r"[-+]?(?=[0-9]*[.eE])(\.[0-9]{1,20}|[0-9]{1,15}(\.[0-9]{0,20})?)([eE][-+]?[0-9]{1,2})?")
_WORDS = {"": None, "~": None, "null": None, "true": True, "false": False}


def _scalar(event: ScalarEvent) -> Any:
    """YAML 1.2's core schema, less its octal and hexadecimal numbers and infinities."""
    if event.style:
        return event.value
    if event.value in _WORDS:
        return _WORDS[event.value]
    if _INTEGER.fullmatch(event.value):
        return int(event.value)
    if _FLOAT.fullmatch(event.value):
        return float(event.value)
    return event.value


# What ruamel.yaml says (its beginning), and what an author does about it.
_EXPLANATIONS = (
    ("found character '\\t'", "A tab stands where spaces are needed.", "Indent with spaces."),
    (
        "mapping values are not allowed",
        "A colon stands where none can.",
        'Put the text in quotes: `key: "text: more text"`.',
    ),
    (
        "expected <block end>",
        "The indentation does not fit the lines above.",
        "Align this line with the others of its level.",
    ),
    ("could not find expected ':'", "A key without a colon stands here.", "Write `key: value`."),
    ("found unexpected end of stream", "A quote is opened and never closed.", "Close the quote."),
    (
        "expected ',' or ']'",
        "A list in brackets is not closed.",
        "Close it with `]`, or put a comma between its items.",
    ),
    (
        "expected ',' or '}'",
        "A mapping in braces is not closed.",
        "Close it with `}`, or put a comma between its entries.",
    ),
    ("found character '%'", "`%` cannot start a value.", "Put the text in quotes."),
    ("found character '@'", "`@` cannot start a value.", "Put the text in quotes."),
    ("found character '`'", "A backtick cannot start a value.", "Put the text in quotes."),
    (
        "found unknown escape",
        "A backslash in double quotes starts an escape that does not exist.",
        "Use single quotes.",
    ),
)


def _explain(error: MarkedYAMLError) -> tuple[str, str]:
    said = str(error.problem or error.context or "it cannot be read")
    for beginning, message, mend in _EXPLANATIONS:
        if said.startswith(beginning):
            return message, mend
    return f"This is not YAML: {said}.", "Look at the quotes, brackets and indentation of this line and the one above."
