"""Translations: compile `locale/*/LC_MESSAGES/*.po` where the compiled file is older."""

from pathlib import Path

from tools.shell import run as run_program
from tools.workspace import Workspace


def run(workspace: Workspace) -> str:
    """Compile what changed."""
    stale = [path for path in sorted((workspace.root / "locale").glob("*/LC_MESSAGES/*.po")) if _is_stale(path)]
    for path in stale:
        draft = path.with_suffix(".mo.new")
        run_program(
            ["msgfmt", "--check-format", "--output-file", draft, path],
            log=workspace.log,
            mend=f"Mend {path.relative_to(workspace.root)} at the line named, and run again.",
        )
        draft.replace(path.with_suffix(".mo"))
    return f"compiled {len(stale)}" if stale else "up to date"


def _is_stale(path: Path) -> bool:
    compiled = path.with_suffix(".mo")
    if not compiled.is_file():
        return True
    found = compiled.stat()
    return found.st_size == 0 or found.st_mtime < path.stat().st_mtime  # a power cut leaves empty files
