"""`make backup` and `make restore`."""

import re
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from tools.backup import keeping
from tools.backup.archive import Manifest, pack, unpack
from tools.backup.databases import Database, database_of
from tools.locks import machine_lock
from tools.problems import Problem
from tools.shell import CommandFailed
from tools.supervisor.start import one_site
from tools.workspace import Workspace

# Two weeks of nights.
KEEP = 14
PREFIX = "muelle-backup"
SUFFIX = ".tar.gz"
UNKNOWN = "0.0.0"


def backup(workspace: Workspace, *, to: Path | None = None, keep: int = KEEP) -> int:
    """Write a backup while the site runs, and remove the oldest of this clone beyond `keep`. Raises Problem."""
    folder = to or workspace.state / "backups"
    with machine_lock("backup", folder=workspace.state / "run"):
        made = make_backup(workspace, folder)
        removed = remove_old(folder, workspace.instance, keep)
    print(f"{made}: {made.stat().st_size / 1e6:.1f} MB. It holds the site's secrets: keep it where others cannot read.")
    if removed:
        print(f"Removed {len(removed)} older ones; {keep} are kept.")
    return 0


def restore(workspace: Workspace, source: Path, *, ask: bool) -> int:
    """Replace the database and the secrets of this clone by a backup's. Raises Problem; then nothing has changed."""
    with one_site(workspace), tempfile.TemporaryDirectory(prefix="muelle-restore-", dir=_state(workspace)) as scratch:
        folder = Path(scratch)
        manifest = unpack(source, folder)
        database = database_of(workspace)
        _check_fits(manifest, database, workspace)
        if ask and not _is_meant(manifest, database):
            print("Nothing was changed.")
            return 1
        erased = _erased(workspace) if manifest.instance == workspace.instance else []
        _keep_present(workspace, database)
        database.replace(folder, workspace)
        remarks = keeping.put_back(workspace, folder)
        if erased:
            # Who was erased after the backup was made must not come back with it.
            workspace.manage("erase_person", "--again", *erased)
            remarks.append(f"{len(erased)} people who had been erased since were erased again.")
    print("\n".join([f"Restored what was there at {manifest.made_at}: {_told(manifest.facts)}.", *remarks]))
    print("Start the site. Labs that ran then are over, and say so; people sign in with the passwords they had then.")
    return 0


def make_backup(workspace: Workspace, folder: Path, name: str = PREFIX) -> Path:
    """Write one backup into `folder` and return its path. Raises Problem."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    database = database_of(workspace)
    now = datetime.now(UTC)
    with tempfile.TemporaryDirectory(prefix=".muelle-backup-", dir=folder) as scratch:
        gathered = Path(scratch)
        database.copy_to(gathered)
        keeping.collect(workspace, gathered)
        manifest = Manifest(
            version=_version(workspace.root),
            made_at=now.isoformat(timespec="seconds"),
            instance=workspace.instance,
            database=database.kind,
            migrations=database.migrations(),
            facts=database.facts(),
        )
        target = folder / f"{name}-{workspace.instance}-{now:%Y%m%dT%H%M%SZ}{SUFFIX}"
        pack(target, gathered, manifest)
    return target


def remove_old(folder: Path, instance: str, keep: int) -> list[Path]:
    """Remove the oldest backups of one clone beyond `keep`; the newest stays whatever is asked. Returns them."""
    ours = sorted(folder.glob(f"{PREFIX}-{instance}-*{SUFFIX}"))
    old = ours[: -max(keep, 1)]
    for path in old:
        path.unlink()
    return old


def _check_fits(manifest: Manifest, database: Database, workspace: Workspace) -> None:
    if manifest.database != database.kind:
        raise Problem(
            f"The backup is of a {manifest.database} database, and this clone uses {database.kind}.",
            "Set DATABASE_URL to a database of that kind (empty for SQLite), and run again.",
        )
    known = {
        f"{path.parent.parent.name}.{path.stem}"
        for path in (workspace.root / "platform").glob("*/migrations/[0-9]*.py")
    }
    ours = {name.split(".")[0] for name in known}
    unknown = [name for name in manifest.migrations if name.split(".")[0] in ours and name not in known]
    if unknown:
        raise Problem(
            f"The backup was made by a newer Muelle ({manifest.version}): this one does not know {unknown[0]}.",
            "Upgrade this clone (`git pull`), and run again.",
        )


def _is_meant(manifest: Manifest, database: Database) -> bool:
    present = _told(database.facts())
    print(f"The backup was made at {manifest.made_at} by Muelle {manifest.version}: {_told(manifest.facts)}.")
    print(f"It replaces what is here now: {present}. Type yes to go on: ", end="", flush=True)
    return sys.stdin.readline().strip() == "yes"


def _told(facts: dict[str, int]) -> str:
    return ", ".join(f"{count} {name}" for name, count in facts.items()) or "nothing"


def _keep_present(workspace: Workspace, database: Database) -> None:
    """A restore of the wrong file must not be the end of the right database."""
    if not database.facts().get("people"):
        return
    try:
        kept = make_backup(workspace, workspace.state / "backups", "muelle-before-restore")
    except Problem as problem:
        print(f"What was here could not be kept: {problem.sentence}")
        return
    print(f"What was here is in {kept}.")


def _erased(workspace: Workspace) -> list[str]:
    try:
        return workspace.manage("erase_person", "--erased").split()
    except CommandFailed:  # no tables yet, or damaged
        return []


def _version(root: Path) -> str:
    path = root / "CHANGELOG.md"
    found = (
        re.search(r"^## (\d+\.\d+\.\d+)", path.read_text(encoding="utf-8"), re.MULTILINE) if path.is_file() else None
    )
    return found[1] if found else UNKNOWN


def _state(workspace: Workspace) -> Path:
    workspace.state.mkdir(mode=0o700, parents=True, exist_ok=True)
    return workspace.state
