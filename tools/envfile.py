"""Read and write `.muelle/env`: one NAME=value a line, as django-environ reads it."""

import os
import re
from collections.abc import Mapping
from pathlib import Path

HEADING = "# Written by set-up (`make setup`). The real environment wins over these lines.\n"
LINE = re.compile(r"^([A-Z][A-Z0-9_]*)=(.*)$")


def read_env(path: Path) -> dict[str, str]:
    """The settings in a file; none when it does not exist."""
    if not path.is_file():
        return {}
    found = (LINE.match(line) for line in path.read_text(encoding="utf-8").splitlines())
    return {match[1]: match[2] for match in found if match}


def update_env(path: Path, changes: Mapping[str, str]) -> None:
    """Change some settings and keep the rest; an empty value removes one. Readers see the old file or the new one."""
    before = read_env(path)
    after = {name: value for name, value in {**before, **changes}.items() if value}
    if after == before:
        return
    text = HEADING + "".join(f"{_line(name, value)}\n" for name, value in sorted(after.items()))
    write_private(path, text)


def edit_env(path: Path, changes: Mapping[str, str], *, template: str = "") -> None:
    """Change some settings of a file that a person edits: every other line stays as it is, in its place.

    template: what a file that does not exist yet begins with. Readers see the old file or the new one.
    """
    text = path.read_text(encoding="utf-8") if path.is_file() else template
    lines = text.splitlines()
    missing = dict(changes)
    for number, line in enumerate(lines):
        match = LINE.match(line)
        if match and match[1] in missing:
            lines[number] = _line(match[1], missing.pop(match[1]))
    lines += [_line(name, value) for name, value in missing.items()]
    edited = "\n".join(lines) + "\n"
    if edited != text or not path.is_file():
        write_private(path, edited)


def _line(name: str, value: str) -> str:
    line = f"{name}={value}"
    if not LINE.match(line) or "\n" in value:
        raise ValueError(f"{line!r} does not fit on a line.")
    return line


def write_private(path: Path, text: str) -> None:
    """Write a file that only its owner may read, in one step: a crash leaves the old file or the new one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
        stream.write(text)
        stream.flush()
        os.fsync(stream.fileno())
    draft.replace(path)
