"""The two databases: copied while the site runs, and put back as a whole or not at all."""

import os
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol
from urllib.parse import parse_qs, unquote, urlsplit

from tools.backup.archive import sync_folder
from tools.problems import Problem
from tools.shell import CommandFailed, run
from tools.workspace import Workspace

# A school's database is some hundred megabytes; a slow disk writes ten a second.
COPY_SECONDS = 1800.0
# Pages copied between two breaths, so that writers are not kept waiting: 4 MiB.
PAGES = 1024
BREATH_SECONDS = 0.01
FACTS = {"people": "SELECT count(*) FROM accounts_user", "submissions": "SELECT count(*) FROM grading_submission"}
APPLIED = "SELECT app || '.' || name FROM django_migrations ORDER BY id"


class Database(Protocol):
    """What a backup needs of a database."""

    kind: str

    def copy_to(self, folder: Path) -> None:
        """Write a copy of one moment into `folder`. Raises Problem."""
        ...

    def facts(self) -> dict[str, int]:
        """How much is in it; empty where it has no tables yet."""
        ...

    def migrations(self) -> list[str]:
        """What its tables went through; empty where it has none."""
        ...

    def replace(self, folder: Path, workspace: Workspace) -> None:
        """Become what `copy_to` wrote, migrated to this version. Raises Problem; then it is as it was."""
        ...


def database_of(workspace: Workspace) -> Database:
    """The database that the settings name. Raises Problem for one of another kind."""
    given, own = workspace.setting("DATABASE_URL"), workspace.state / "db.sqlite3"
    if not given and not own.exists() and (workspace.root / ".env").is_file():
        raise Problem(
            "The database of this site is in a container of docker compose.",
            "docs/deploying.md says under *Backups* how it is dumped and restored.",
        )
    url = given or f"sqlite:///{own}"
    scheme = urlsplit(url).scheme
    if scheme == "sqlite":
        return Sqlite(workspace.root / unquote(urlsplit(url).path[1:]))
    if scheme in ("postgres", "postgresql", "pgsql"):
        return Postgres(connection_of(url))
    raise Problem(f"DATABASE_URL names a {scheme}:// database.", "Muelle runs on SQLite and PostgreSQL.")


@dataclass
class Sqlite:
    """A file. Copied by SQLite's own online backup, which writers need not wait for."""

    path: Path
    kind: str = "sqlite"

    def copy_to(self, folder: Path) -> None:
        if not self.path.exists():
            raise Problem(f"There is no database at {self.path}.", "`make setup` makes one.")
        target = folder / "database.sqlite3"
        try:
            with closing(sqlite3.connect(self.path)) as source, closing(sqlite3.connect(target)) as copy:
                source.backup(copy, pages=PAGES, sleep=BREATH_SECONDS)
                copy.execute("PRAGMA journal_mode = DELETE")
                # Free pages still hold what was deleted, people who were erased among it.
                copy.execute("VACUUM")
                said = copy.execute("PRAGMA integrity_check").fetchone()[0]
        except sqlite3.DatabaseError as error:
            raise Problem(f"The database {self.path} cannot be copied: {error}.", "Restore a backup of it.") from error
        if said != "ok":
            raise Problem(f"The database {self.path} is damaged: {said}.", "Restore a backup of it.")

    def facts(self) -> dict[str, int]:
        return {name: int(rows[0]) for name, question in FACTS.items() if (rows := self._ask(question))}

    def migrations(self) -> list[str]:
        return self._ask(APPLIED)

    def replace(self, folder: Path, workspace: Workspace) -> None:
        new = self.path.with_name(f"{self.path.name}.restoring")
        for leftover in (new, *_companions(new)):
            leftover.unlink(missing_ok=True)
        self.path.parent.mkdir(parents=True, exist_ok=True)
        (folder / "database.sqlite3").replace(new) if _same_disk(folder, new) else _copy(folder, new)
        # Before it counts: a migration that fails leaves the database that is there alone.
        environ = {**workspace.environ, "DATABASE_URL": f"sqlite:///{new}"}
        Workspace(workspace.root, environ=environ).manage("migrate", "--no-input")
        _fold(new)
        # A log of the old database beside the new one would be taken for its own.
        if self.path.exists():
            _fold(self.path)
        for leftover in _companions(self.path):
            leftover.unlink(missing_ok=True)
        new.replace(self.path)
        sync_folder(self.path.parent)

    def _ask(self, question: str) -> list[str]:
        if not self.path.exists():
            return []
        try:
            with closing(sqlite3.connect(f"file:{self.path}?mode=ro", uri=True)) as database:
                return [str(row[0]) for row in database.execute(question)]
        except sqlite3.DatabaseError:  # no tables yet, or damaged: who copies it is told
            return []


def _companions(path: Path) -> list[Path]:
    return [path.with_name(f"{path.name}{suffix}") for suffix in ("-wal", "-shm", "-journal")]


def _same_disk(folder: Path, target: Path) -> bool:
    return folder.stat().st_dev == target.parent.stat().st_dev


def _copy(folder: Path, target: Path) -> None:
    target.write_bytes((folder / "database.sqlite3").read_bytes())


def _fold(path: Path) -> None:
    """Have everything in the file itself, on the disk, and for its owner only."""
    try:
        with closing(sqlite3.connect(path)) as database:
            database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            database.execute("PRAGMA journal_mode = DELETE")
    except sqlite3.DatabaseError:
        return  # it is damaged, which is why somebody restores another
    path.chmod(0o600)
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@dataclass
class Postgres:
    """A server, spoken to by its own programs. `connection`: their environment; a command line is read by everybody."""

    connection: Mapping[str, str]
    kind: str = "postgresql"

    def copy_to(self, folder: Path) -> None:
        target = folder / "database.sql"
        self._run("pg_dump", "--no-owner", "--no-acl", "--file", str(target))

    def facts(self) -> dict[str, int]:
        return {name: int(rows[0]) for name, question in FACTS.items() if (rows := self._ask(question))}

    def migrations(self) -> list[str]:
        return self._ask(APPLIED)

    def replace(self, folder: Path, workspace: Workspace) -> None:
        # Tables that only the present database has would be in the way of migrations, so all go, and in one
        # transaction: the old database or the new one.
        emptied = "DROP SCHEMA public CASCADE; CREATE SCHEMA public;"
        self._run(
            "psql", "--quiet", "--no-psqlrc", "--single-transaction", "--set", "ON_ERROR_STOP=1",
            "--output", os.devnull, "--command", emptied, "--file", str(folder / "database.sql"),
        )  # fmt: skip
        workspace.manage("migrate", "--no-input")

    def _ask(self, question: str) -> list[str]:
        try:
            return self._run("psql", "--no-psqlrc", "--tuples-only", "--no-align", "--command", question).split()
        except CommandFailed:  # no tables yet, or away: who copies it is told
            return []

    def _run(self, *argv: str) -> str:
        environment = {**os.environ, **self.connection}
        mend = "Is the server up, and are its programs (`apt-get install postgresql-client`) as new as it is?"
        return run(list(argv), timeout=COPY_SECONDS, env=environment, mend=mend)


def connection_of(url: str) -> dict[str, str]:
    """What libpq's programs read from the environment, from a DATABASE_URL."""
    parts = urlsplit(url)
    login, _, place = parts.netloc.rpartition("@")
    user, _, password = login.partition(":")
    host, port = place, ""
    if ":" in place.rpartition("]")[2]:
        host, _, port = place.rpartition(":")
    path = unquote(parts.path)
    if not host and path.count("/") > 1:  # a socket's folder in place of a host name, as django-environ reads it
        host, _, path = f"/{path.lstrip('/')}".rpartition("/")
    options = {name: values[0] for name, values in parse_qs(parts.query).items()}
    found = {
        "PGHOST": unquote(host).strip("[]") or options.get("host", ""),
        "PGPORT": port or options.get("port", ""),
        "PGUSER": unquote(user),
        "PGPASSWORD": unquote(password),
        "PGDATABASE": path.lstrip("/"),
        "PGSSLMODE": options.get("sslmode", ""),
    }
    return {name: value for name, value in found.items() if value}
