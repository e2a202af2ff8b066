"""Colours for code, as class names; the style sheet decides what they look like."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import escape
from typing import Any

from pygments import highlight
from pygments.filter import simplefilter
from pygments.formatters import HtmlFormatter
from pygments.lexers import get_lexer_by_name
from pygments.token import Token

from content.values import PLACEHOLDER

MAX_CODE = 16 * 1024  # characters; more is not read in a lesson, and lexers are not all linear

# What an author may write, and the lexer for it. A closed list: lexers nobody uses here are not a surface to attack.
LANGUAGES = {
    "text": "", "sh": "bash", "bash": "bash", "console": "console", "yaml": "yaml", "json": "json", "toml": "toml",
    "ini": "ini", "dockerfile": "docker", "python": "python", "javascript": "javascript", "html": "html", "css": "css",
    "sql": "sql", "diff": "diff", "nginx": "nginx", "makefile": "make", "go": "go", "c": "c", "xml": "xml",
    "http": "http", "properties": "properties",
}  # fmt: skip

# A placeholder would be cut into pieces by a lexer, so one character of the private area, which no lesson can contain,
# stands for it meanwhile.
_FIRST_MARK = 0xE000


@simplefilter
def _simplify(self: Any, lexer: Any, stream: Any, options: Any) -> Iterator[tuple[Any, str]]:
    """A piece of a program is not an error to be shown in red, and spaces need no colour."""
    for kind, text in stream:
        yield (Token.Text if kind in (Token.Error, Token.Text.Whitespace) else kind), text


def highlight_code(code: str, language: str, declared: frozenset[str]) -> str:
    """HTML of some code; placeholders of declared values survive, wrapped. The language is a key of LANGUAGES."""
    names: list[str] = []
    masked = PLACEHOLDER.sub(lambda found: _mask(found, names, declared), code)
    html = _colour(masked, LANGUAGES[language])
    return re.sub(f"[{chr(_FIRST_MARK)}-\uf8ff]", lambda found: value_html(names[ord(found[0]) - _FIRST_MARK]), html)


def value_html(name: str) -> str:
    """A placeholder that readers see is theirs."""
    return f'<var class="value">${{{name}}}</var>'


def _mask(found: re.Match[str], names: list[str], declared: frozenset[str]) -> str:
    if found[1] not in declared:
        return found[0]
    if found[1] not in names:
        names.append(found[1])
    return chr(_FIRST_MARK + names.index(found[1]))


def _colour(code: str, lexer_name: str) -> str:
    if not lexer_name:
        return escape(code, quote=False)
    lexer = get_lexer_by_name(lexer_name, stripnl=False)  # it adds the line end that many of its rules ask for
    lexer.add_filter(_simplify())
    coloured: str = highlight(code, lexer, HtmlFormatter(nowrap=True))
    return coloured if code.endswith("\n") else coloured.removesuffix("\n")
