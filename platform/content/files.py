"""Reading what authors wrote: bounded, UTF-8, and never through a link to somewhere else."""

from __future__ import annotations

from pathlib import Path

from content import yaml
from content.documents import FileDocument
from content.problems import ContentErrors, Problems

MAX_TEXT = 256 * 1024  # bytes of any text; parsers have smaller limits of their own
MAX_SCRIPT = 32 * 1024  # bytes of setup.sh or a check: they travel with every sandbox and every grading
MAX_FILES = 200  # in files/
MAX_FILES_BYTES = 1024 * 1024  # of files/ together: they are kept in the database and pushed at every start

# What a file system or an editor leaves behind; never part of a lesson, never worth a problem.
IGNORED = frozenset({".DS_Store", "Thumbs.db", "__pycache__"})


def read_text(path: Path, problems: Problems, limit: int = MAX_TEXT) -> str | None:
    """The text of a file; None, and a problem noted, where there is none that can be used."""
    if path.is_symlink():
        problems.add(
            path, 1, "file", "This is a symbolic link.", "Put a copy of the file here: links can lead anywhere."
        )
    elif not path.is_file():
        problems.add(path, 1, "file", "This file is missing.", "Write it.")
    elif path.stat().st_size > limit:
        problems.add(path, 1, "file", f"This file has more than {limit // 1024} KiB.", "Split or shorten it.")
    else:
        return _decode(path, problems)
    return None


def _decode(path: Path, problems: Problems) -> str | None:
    data = path.read_bytes()
    try:
        return data.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        problems.add(path, line, "file", "This line is not UTF-8.", "Save the file as UTF-8.")
        return None


def read_yaml(path: Path, problems: Problems) -> yaml.Located | None:
    """The YAML of a file; None, and problems noted, where it cannot be used."""
    text = read_text(path, problems)
    return None if text is None else parse_yaml(text, path, problems)


def parse_yaml(text: str, path: Path, problems: Problems, *, first_line: int = 1) -> yaml.Located | None:
    """The YAML that stands in a file from a line on; None, and problems noted, where it is none."""
    try:
        return yaml.parse(text, file=str(path), first_line=first_line)
    except ContentErrors as error:
        problems.extend(error.problems)
        return None


def read_script(path: Path, problems: Problems) -> str:
    """The text of a shell script; empty, and a problem noted, where it cannot be used."""
    text = read_text(path, problems, MAX_SCRIPT) or ""
    if "\0" in text:
        problems.add(path, 1, "file", "This script holds binary data.", "Write plain text.")
        return ""
    return text


def read_home(folder: Path, problems: Problems) -> tuple[FileDocument, ...]:
    """Everything below `files/`, to be put into the learner's home."""
    if not folder.is_dir() or folder.is_symlink():
        return ()
    paths = sorted(
        path for path in folder.rglob("*") if path.name not in IGNORED and (path.is_symlink() or not path.is_dir())
    )
    usable = [path for path in paths if _look_at(path, folder, problems)]
    if len(usable) > MAX_FILES:
        problems.add(folder, 1, "file", f"There are more than {MAX_FILES} files.", "Bake them into the lab's image.")
        return ()
    if sum(path.stat().st_size for path in usable) > MAX_FILES_BYTES:
        message = f"These files have more than {MAX_FILES_BYTES // 1024} KiB together."
        problems.add(folder, 1, "file", message, "Bake them into the lab's image.")
        return ()
    return tuple(_document(path, folder) for path in usable)


def _look_at(path: Path, folder: Path, problems: Problems) -> bool:
    name = path.relative_to(folder).as_posix()
    if path.is_symlink() or not path.is_file() or not path.resolve().is_relative_to(folder.resolve()):
        problems.add(path, 1, "file", "This is not an ordinary file.", "Put a copy here; `setup.sh` can make links.")
        return False
    if len(name) > 200 or any(ord(letter) < 32 for letter in name):
        problems.add(path, 1, "file", "This name cannot be used.", "Use at most 200 ordinary characters.")
        return False
    return True


def _document(path: Path, folder: Path) -> FileDocument:
    mode = 0o755 if path.stat().st_mode & 0o100 else 0o644
    return FileDocument(path=path.relative_to(folder).as_posix(), mode=mode, data=path.read_bytes())
