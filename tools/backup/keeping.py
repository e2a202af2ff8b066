"""What of a clone goes into a backup beside the database, and where it goes back to."""

import shutil
from pathlib import Path

from tools.workspace import Workspace

# What set-up and the site make again, in `.muelle`. Everything else is kept, also what later versions put there.
MADE_AGAIN = frozenset(
    {"backups", "db.sqlite3", "diagrams", "images.json", "logs", "proved", "redis", "restored", "run", "static", "uv"}
)
# Facts of the machine: looked at by a person who restores, never put into another machine's place.
OF_THE_MACHINE = frozenset({"instance", "env"})
# Keys and settings are small; something that is not would be somebody's own.
MOST_BYTES = 4 * 1024 * 1024
STATE, LABS, COMPOSE = "state", "labs", "compose.env"


def collect(workspace: Workspace, folder: Path) -> None:
    """Copy it into `folder`."""
    for path in sorted(workspace.state.rglob("*")):
        name = path.relative_to(workspace.state)
        if path.is_file() and not path.is_symlink() and not _is_made_again(name) and path.stat().st_size <= MOST_BYTES:
            _copy(path, folder / STATE / name)
    if (workspace.root / ".env").is_file():
        _copy(workspace.root / ".env", folder / COMPOSE)
    for path in sorted(labs_of(workspace).rglob("*")):
        if path.is_file() and not path.is_symlink():
            _copy(path, folder / LABS / path.relative_to(labs_of(workspace)))


def put_back(workspace: Workspace, folder: Path) -> list[str]:
    """Put the site's secrets and settings in their place; return sentences on what a person has to see to."""
    remarks = []
    for path in sorted((folder / STATE).rglob("*")):
        name = path.relative_to(folder / STATE)
        if path.is_file() and name.parts[0] not in OF_THE_MACHINE:
            _put(path, workspace.state / name)
    restored = workspace.state / "restored"
    shutil.rmtree(restored, ignore_errors=True)
    if (folder / COMPOSE).is_file():
        _put(folder / COMPOSE, restored / COMPOSE)
        remarks.append(f"The settings of docker compose are in {restored / COMPOSE}; compare them with .env.")
    if (folder / LABS).is_dir() and _tree(folder / LABS) != _tree(labs_of(workspace)):
        shutil.copytree(folder / LABS, restored / LABS)
        remarks.append(
            f"The courses of the backup are not those of this clone. They are in {restored / LABS}; "
            "copy what you want to keep into labs/, and `make content` shows it."
        )
    return remarks


def labs_of(workspace: Workspace) -> Path:
    """Where instructors write."""
    courses = workspace.setting("MUELLE_COURSES_DIR")
    return Path(courses) if courses else workspace.root / "labs"


def _is_made_again(name: Path) -> bool:
    first = name.parts[0]
    return first in MADE_AGAIN or first.startswith(("db.sqlite3", ".")) or name.suffix in (".pyc", ".lock")


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)


def _put(source: Path, target: Path) -> None:
    """For its owner only, in one step."""
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = target.with_name(f".{target.name}.restoring")
    shutil.copyfile(source, draft)
    draft.chmod(0o600)
    draft.replace(target)


def _tree(folder: Path) -> dict[str, bytes]:
    files = [path for path in folder.rglob("*") if path.is_file() and not path.is_symlink()]
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}
