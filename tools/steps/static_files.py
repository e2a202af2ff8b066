"""Static files: collected where the site serves them from, when they changed."""

from collections.abc import Iterator
from pathlib import Path

from tools.digests import digest_of
from tools.workspace import Workspace

STAMP = "run/static"
# Settings decide how files are named and packed, and locked packages bring files of their own.
SOURCES = ("static", "platform/config/settings.py", "tools/requirements/run.txt")


def run(workspace: Workspace) -> str:
    """Collect them, unless nothing changed since."""
    stamp = workspace.state / STAMP
    digest = digest_of(*(fact for source in SOURCES for fact in _facts(workspace.root / source)))
    if stamp.is_file() and stamp.read_text(encoding="utf-8") == digest:
        return "up to date"
    printed = workspace.manage("collectstatic", "--no-input")
    stamp.parent.mkdir(parents=True, exist_ok=True)
    stamp.write_text(digest, encoding="utf-8")
    lines = printed.strip().splitlines()
    return lines[-1] if lines else "collected"


def _facts(source: Path) -> Iterator[str]:
    """Name, size and time of every file: enough to see a change, without reading megabytes."""
    for path in [source] if source.is_file() else sorted(source.rglob("*")):
        if path.is_file():
            facts = path.stat()
            yield f"{path} {facts.st_size} {facts.st_mtime_ns}"
