"""What is wrong with the content, said so that its author can mend it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

# More than anybody reads at once; the rest appears when these are mended. Bounds what one broken file can print.
MAX_PROBLEMS = 200


@dataclass(frozen=True, order=True)
class Problem:
    """One mistake in one place."""

    file: str
    """Path as the caller gave it to the loader."""
    line: int
    """From 1."""
    message: str
    """What is wrong: one sentence."""
    mend: str
    """What to write instead: one sentence or two."""
    rule: str
    """Short name for reports: `yaml`, `schema`, `values`, ..."""

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.message} {self.mend}"


class ContentErrors(Exception):
    """The content cannot be used. For its author; whoever catches it prints every problem and changes nothing."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(sorted(set(problems)))[:MAX_PROBLEMS]
        super().__init__("\n".join(str(problem) for problem in self.problems))


class Problems:
    """Collects problems, so that an author sees all of them at once and not one for each run."""

    def __init__(self) -> None:
        self._found: list[Problem] = []

    def add(self, file: object, line: int, rule: str, message: str, mend: str) -> None:
        self._found.append(Problem(str(file), max(line, 1), message, mend, rule))

    def extend(self, problems: Iterable[Problem]) -> None:
        self._found.extend(problems)

    def __bool__(self) -> bool:
        return bool(self._found)

    def __iter__(self) -> Iterator[Problem]:
        return iter(self._found)

    def raise_if_any(self) -> None:
        """Raises ContentErrors unless nothing was found."""
        if self._found:
            raise ContentErrors(self._found)
