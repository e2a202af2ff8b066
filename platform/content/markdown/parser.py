"""CommonMark with tables, strikethrough and our containers; raw HTML is text."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import cast

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from mdit_py_plugins.container import container_plugin

MAX_BYTES = 64 * 1024  # a long lesson has 25 KiB; the worst input of this size takes about a second
MAX_LINE = 4_000  # characters
MAX_BLOCK = 10_000  # characters without an empty line between; several inline rules are quadratic in one paragraph
MAX_LINES = 3_000  # a long lesson has 600
MAX_COLUMNS = 12  # of a table; the parser fills rows up to the width of the head
MAX_NESTING = 12  # of blocks; what the parser drops beyond its own limit must never be reached unseen
PARSER_NESTING = 40

# Every container is accepted here, so that an unknown one gets a sentence instead of turning into a paragraph.
CONTAINER = "container_box"

_TABLE_HEAD = re.compile(r"^[ \t]*\|?[ \t]*:?-+:?[ \t]*(\|[ \t]*:?-+:?[ \t]*)*\|?[ \t]*$")
_CELL_END = re.compile(r"(?<!\\)\|")
_FORBIDDEN = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f\u0080-\u009f\u202a-\u202e\u2066-\u2069\ue000-\uf8ff\ufdd0-\ufdef\ufffe\uffff]"
)


def make_parser(renderer: type[RendererHTML]) -> MarkdownIt:
    """A parser whose link addresses are not judged: the renderer does, and says so."""
    parser = MarkdownIt("commonmark", {"html": False, "maxNesting": PARSER_NESTING}, renderer_cls=renderer)
    parser.enable(["table", "strikethrough"]).disable(["code", "html_block", "html_inline"])
    parser.use(container_plugin, name="box", validate=lambda _text, _markup: True)
    rules = cast(RendererHTML, parser.renderer).rules
    for name in (f"{CONTAINER}_open", f"{CONTAINER}_close"):  # the plugin has put rules of its own over the renderer's
        rules[name] = getattr(parser.renderer, name)
    parser.validateLink = _accept_any  # type: ignore[method-assign]
    return parser


def _accept_any(url: str) -> bool:
    return True


def refuse_text(text: str) -> tuple[int, str, str] | None:
    """Why a text is not even parsed: line from 0, what is wrong, what to do; None if it can be parsed."""
    lines = text.split("\n")
    if len(text.encode("utf-8", "surrogatepass")) > MAX_BYTES or len(lines) > MAX_LINES:
        return (
            0,
            f"The lesson has more than {MAX_BYTES // 1024} KiB or {MAX_LINES} lines.",
            "Split it into two lessons.",
        )
    columns = 0  # of the table that the line is in
    block = 0  # characters since the last empty line
    for number, line in enumerate(lines):
        block = block + len(line) if line.strip() else 0
        if len(line) > MAX_LINE:
            return number, f"This line has more than {MAX_LINE} characters.", "Break it into several."
        if block > MAX_BLOCK:
            return number, f"Here are more than {MAX_BLOCK} characters without an empty line.", "Put one between."
        if _FORBIDDEN.search(line.rstrip("\r")):
            return number, "An invisible control character is in this line.", "Delete it and type the line again."
        columns = _columns(line, columns)
        if columns > MAX_COLUMNS:
            return number, f"This table has more than {MAX_COLUMNS} columns.", "Turn it on its side, or split it."
        if len(_CELL_END.findall(line)) < columns - 1:
            return (
                number,
                "This row has fewer cells than the table's head.",
                "Fill it up, or put an empty line before it.",
            )
    return None


def _columns(line: str, before: int) -> int:
    """How many columns the table has that a line belongs to; 0 where it belongs to none."""
    if "|" in line and _TABLE_HEAD.match(line):
        return len(line.strip(" \t|").split("|"))
    return before if line.strip() else 0


def too_deep(tokens: Sequence[Token]) -> Token | None:
    """The first token that is nested deeper than allowed."""
    return next((token for token in tokens if token.level > MAX_NESTING), None)


def closing_index(tokens: Sequence[Token], start: int) -> int:
    """The index of the token that closes the one at `start`."""
    depth = 0
    for index in range(start, len(tokens)):
        depth += tokens[index].nesting
        if depth == 0:
            return index
    raise ValueError("The tokens are not balanced.")
