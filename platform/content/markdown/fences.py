"""What stands behind the three backticks: a language and what a click does."""

from __future__ import annotations

import re
from dataclasses import dataclass

MODES = ("copy", "run", "file", "output")

_INFO = re.compile(r"(?P<language>[A-Za-z0-9+-]*)\s*(\{(?P<words>[^{}]*(\$\{[a-z0-9_]+\}[^{}]*)*)\})?")
_PATH = re.compile(r"(?!/)(?!.*(^|/)\.\.?(/|$))[A-Za-z0-9._/${}-]{1,120}(?<!/)")


class FenceError(ValueError):
    """A fence that cannot be understood. For its author."""

    def __init__(self, message: str, mend: str) -> None:
        super().__init__(message)
        self.message = message
        self.mend = mend


@dataclass(frozen=True)
class Fence:
    """The first line of a fenced block, understood."""

    language: str
    mode: str = "copy"
    terminal: str = ""
    """For `run`; empty: the one that is in front."""
    path: str = ""
    """For `file`: relative to the learner's home."""


def read_fence(info: str) -> Fence:
    """Raises FenceError."""
    found = _INFO.fullmatch(info.strip())
    if not found:
        raise FenceError(
            "What follows the backticks cannot be read.", "Write a language and what a click does: `bash {run}`."
        )
    if not found["language"]:
        raise FenceError(
            "This block does not say its language.", "Write it behind the backticks; `text` if it has none."
        )
    fence = Fence(language=found["language"].lower())
    for word in (found["words"] or "").split():
        fence = _with_word(fence, word)
    if fence.terminal and fence.mode != "run":
        raise FenceError("`terminal=` stands in a block that is not run.", "Write `{run terminal=NAME}`.")
    return fence


def _with_word(fence: Fence, word: str) -> Fence:
    name, _, value = word.partition("=")
    if name == "file" and value:
        if not _PATH.fullmatch(value):
            message = "The path of `file=` is not one inside the learner's home."
            raise FenceError(message, "Write a relative path without `..` or spaces: `{file=notas.txt}`.")
        return Fence(language=fence.language, mode="file", path=value)
    if name == "terminal" and value:
        return Fence(language=fence.language, mode=fence.mode, terminal=value)
    if word in MODES and word != "file":
        return Fence(language=fence.language, mode=word, terminal=fence.terminal)
    mend = "Write `{run}`, `{run terminal=NAME}`, `{copy}`, `{file=PATH}` or `{output}`."
    raise FenceError(f"`{word[:40]}` is nothing that a block can do.", mend)
