"""Which database the settings name, and how its programs are told."""

import sqlite3
from pathlib import Path

import pytest

from tools.backup.databases import Postgres, Sqlite, connection_of, database_of
from tools.problems import Problem
from tools.workspace import Workspace


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        (
            "postgres://ada:s%40cret@db.example.org:5433/muelle?sslmode=require",
            {
                "PGHOST": "db.example.org", "PGPORT": "5433", "PGUSER": "ada", "PGPASSWORD": "s@cret",
                "PGDATABASE": "muelle", "PGSSLMODE": "require",
            },
        ),
        ("postgres://muelle@//var/tmp/x/muelle", {"PGHOST": "/var/tmp/x", "PGUSER": "muelle", "PGDATABASE": "muelle"}),
        ("postgres://u:p@%2Frun%2FPg/m", {"PGHOST": "/run/Pg", "PGUSER": "u", "PGPASSWORD": "p", "PGDATABASE": "m"}),
        ("postgres://u@[::1]:5432/m", {"PGHOST": "::1", "PGPORT": "5432", "PGUSER": "u", "PGDATABASE": "m"}),
        ("postgres:///m", {"PGDATABASE": "m"}),
    ],
)  # fmt: skip
def test_a_url_becomes_an_environment(url: str, expected: dict[str, str]):
    assert connection_of(url) == expected


def test_settings_name_the_database(workspace: Workspace):
    def named(url: str):
        return database_of(Workspace(root=workspace.root, environ={"DATABASE_URL": url}))

    assert database_of(workspace) == Sqlite(workspace.state / "db.sqlite3")
    assert named("sqlite:////var/lib/x.sqlite3") == Sqlite(Path("/var/lib/x.sqlite3"))
    assert named("sqlite:///x.sqlite3") == Sqlite(workspace.root / "x.sqlite3")
    assert named("postgresql:///m") == Postgres({"PGDATABASE": "m"})
    with pytest.raises(Problem, match="mysql"):
        named("mysql://x/y")
    (workspace.root / ".env").touch()
    with pytest.raises(Problem, match="docker compose"):
        database_of(workspace)


def test_no_password_is_on_a_command_line(monkeypatch):
    seen = {}
    monkeypatch.setattr("tools.backup.databases.run", lambda argv, **options: seen.update(argv=argv, **options) or "")

    Postgres({"PGPASSWORD": "secret"}).copy_to(Path("/x"))

    assert "secret" not in " ".join(seen["argv"])
    assert seen["env"]["PGPASSWORD"] == "secret"


def test_a_database_that_is_not_there_or_damaged_is_told(tmp_path: Path):
    with pytest.raises(Problem, match="There is no database"):
        Sqlite(tmp_path / "none.sqlite3").copy_to(tmp_path)

    (tmp_path / "bad.sqlite3").write_bytes(b"SQLite format 3\0" + b"rubbish" * 4096)
    with pytest.raises(Problem, match=r"cannot be copied|is damaged"):
        Sqlite(tmp_path / "bad.sqlite3").copy_to(tmp_path)
    assert Sqlite(tmp_path / "bad.sqlite3").facts() == {}


def test_a_copy_is_of_one_moment_and_keeps_nothing_that_was_deleted(tmp_path: Path):
    with sqlite3.connect(tmp_path / "db.sqlite3") as database:
        database.execute("PRAGMA journal_mode = WAL")
        database.execute("PRAGMA secure_delete = OFF")
        database.execute("CREATE TABLE t (word TEXT)")
        database.executemany("INSERT INTO t VALUES (?)", [[f"canary-{number}" * 40] for number in range(200)])
        database.commit()
        database.execute("DELETE FROM t")
        database.commit()
        database.execute("INSERT INTO t VALUES ('uncommitted')")
        (tmp_path / "copy").mkdir()

        Sqlite(tmp_path / "db.sqlite3").copy_to(tmp_path / "copy")

    written = (tmp_path / "copy" / "database.sqlite3").read_bytes()
    assert b"canary" in (tmp_path / "db.sqlite3").read_bytes() + (tmp_path / "db.sqlite3-wal").read_bytes()
    assert b"canary" not in written
    assert b"uncommitted" not in written
