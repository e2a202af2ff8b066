"""Digests that tell whether something made earlier is still what its sources say."""

import hashlib
from collections.abc import Iterable
from pathlib import Path

# Twelve hexadecimal digits: short enough for a tag that people read, long enough that two contents never meet.
DIGITS = 12
# Never part of what an image is made of: notes for people, and what editors and interpreters leave behind.
IGNORED_SUFFIXES = {".md", ".pyc", ".swp"}


def digest_of(*parts: str | bytes) -> str:
    """One digest over parts; the lengths go in as well, so that parts cannot run into each other."""
    total = hashlib.sha256()
    for part in parts:
        data = part.encode() if isinstance(part, str) else part
        total.update(f"{len(data)}:".encode() + data)
    return total.hexdigest()[:DIGITS]


def digest_files(paths: Iterable[Path]) -> str:
    """A digest over the contents of files, in the order given."""
    return digest_of(*(path.read_bytes() for path in paths))


def digest_folder(folder: Path) -> str:
    """A digest over the names, contents and executable bits of the files in a folder; `*.md` does not count."""
    parts: list[str | bytes] = []
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.suffix not in IGNORED_SUFFIXES:
            executable = "x" if path.stat().st_mode & 0o100 else "-"
            parts += [f"{path.relative_to(folder)} {executable}", path.read_bytes()]
    return digest_of(*parts)
