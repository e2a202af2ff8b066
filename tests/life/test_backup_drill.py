"""The drill: a site is backed up, and comes up elsewhere with everything that its people had."""

from __future__ import annotations

import io
import json
import os
import secrets
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.life.drill import COMMON, POPULATE, PREPARE, SIGN_IN, TELL
from tools.backup import chores
from tools.backup.archive import unpack
from tools.backup.chores import backup, restore
from tools.backup.databases import database_of
from tools.problems import Problem
from tools.shell import run
from tools.steps import secrets as secrets_step
from tools.suites.postgres import USER, find_binaries, private_postgres
from tools.workspace import ROOT, Workspace

COURSES = ROOT / "tests" / "fixtures" / "courses"


class Site:
    """A state directory and a database of its own, with this clone's code."""

    def __init__(self, folder: Path, database_url: str = "") -> None:
        folder.mkdir(parents=True, exist_ok=True)
        environ = {
            "PATH": os.environ["PATH"],
            "MUELLE_STATE": str(folder / "state"),
            "MUELLE_RUN_DIR": str(folder / "run"),
            "MUELLE_COURSES_DIR": str(folder / "courses"),
            "REDIS_URL": "redis://127.0.0.1:1/0",
        }
        self.folder = folder
        self.database_url = database_url
        self.workspace = Workspace(environ={**environ, **({"DATABASE_URL": database_url} if database_url else {})})
        if not (folder / "courses").exists():
            shutil.copytree(COURSES, folder / "courses")
        secrets_step.run(self.workspace)

    def shell(self, script: str) -> str:
        return self.workspace.manage("shell", "--verbosity", "0", "--command", COMMON + script)

    def prepare(self, more: str = "") -> Site:
        self.shell(PREPARE + more)
        return self

    def copy(self, folder: Path) -> Site:
        """The same site, the same machine; what happens to one does not happen to the other."""
        shutil.copytree(self.folder, folder)
        return Site(folder, self.database_url and new_database(self.database_url, template=True))

    def tell(self) -> dict:
        return json.loads(self.shell(TELL))

    def who_can_sign_in(self) -> list[str]:
        return json.loads(self.shell(SIGN_IN))

    @property
    def secret_key(self) -> str:
        return (self.workspace.state / "secret_key").read_text()


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """A PostgreSQL server, by the address of one of its databases."""
    if find_binaries() is None:
        pytest.skip("this machine has no PostgreSQL server")
    with private_postgres() as url:
        yield url


def new_database(beside: str, *, template: bool = False) -> str:
    """Make a database on the server of another one, empty or as that one is; return its address."""
    name = f"drill_{secrets.token_hex(4)}"
    folder, _, other = beside.removeprefix(f"postgres://{USER}@/").rpartition("/")
    more = ["--template", other] if template else []
    run([find_binaries() / "createdb", "--host", folder, "--username", USER, *more, name])
    return f"postgres://{USER}@/{folder}/{name}"


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def school(request, tmp_path_factory) -> Site:
    """A site with a class in it. Not to be changed: tests that do take a copy."""
    url = new_database(request.getfixturevalue("server")) if request.param == "postgresql" else ""
    return Site(tmp_path_factory.mktemp("school"), url).prepare(COMMON + POPULATE)


@pytest.fixture(scope="module")
def small_school(tmp_path_factory) -> Site:
    """The same on SQLite, whatever the database of the test. Not to be changed."""
    return Site(tmp_path_factory.mktemp("small")).prepare(COMMON + POPULATE)


def only_backup(folder: Path, prefix: str = chores.PREFIX) -> Path:
    [path] = folder.glob(f"{prefix}-*")
    return path


def test_a_class_comes_up_elsewhere_as_it_was(school, tmp_path, capsys):
    old = school
    new = Site(tmp_path / "new", old.database_url and new_database(old.database_url))
    before = old.tell()
    assert len(before["people"]) == 7
    assert sum(len(person["submissions"]) for person in before["people"].values()) >= 12  # the control

    assert backup(old.workspace, to=tmp_path / "kept") == 0
    assert restore(new.workspace, only_backup(tmp_path / "kept"), ask=False) == 0

    assert new.tell() == before
    assert new.who_can_sign_in() == ["ada", *(f"learner{number}" for number in range(6))]
    assert new.secret_key == old.secret_key  # PINs and reset links are made with it
    assert new.workspace.instance != old.workspace.instance  # containers and cookies are the machine's
    told = capsys.readouterr().out
    assert f"7 people, {sum(len(person['submissions']) for person in before['people'].values())} submissions" in told
    assert old.tell() == before


def test_restoring_where_a_class_is_keeps_it_and_forgets_who_was_erased(school, tmp_path, monkeypatch, capsys):
    site = school.copy(tmp_path / "site")
    before = site.tell()
    backup(site.workspace, to=tmp_path / "kept")
    site.shell("User.objects.create_user('newcomer', password='newcomer-word')")
    site.workspace.manage("erase_person", "learner3", "--yes")
    source = only_backup(tmp_path / "kept")

    monkeypatch.setattr("sys.stdin", io.StringIO("no\n"))
    assert restore(site.workspace, source, ask=True) == 1
    assert "newcomer" in site.tell()["people"]
    monkeypatch.setattr("sys.stdin", io.StringIO("yes\n"))
    assert restore(site.workspace, source, ask=True) == 0

    after = site.tell()["people"]
    assert "newcomer" not in after
    assert "learner3" not in after
    assert {name: said for name, said in after.items() if name in before["people"]} == {
        name: said for name, said in before["people"].items() if name != "learner3"
    }
    assert "1 people who had been erased since were erased again" in capsys.readouterr().out
    # What was there is one more restore away.
    kept = only_backup(site.workspace.state / "backups", "muelle-before-restore")
    assert restore(site.workspace, kept, ask=False) == 0
    assert "newcomer" in site.tell()["people"]


def test_an_older_backup_is_migrated_forward(small_school, tmp_path):
    old, new = small_school.copy(tmp_path / "old"), Site(tmp_path / "new")
    old.workspace.manage("migrate", "privacy", "zero")
    backup(old.workspace, to=tmp_path / "kept")

    restore(new.workspace, only_backup(tmp_path / "kept"), ask=False)

    assert "privacy.0001_requests" in database_of(new.workspace).migrations()
    assert new.who_can_sign_in()


def test_a_newer_backup_is_refused_and_nothing_changes(small_school, tmp_path):
    site = small_school.copy(tmp_path / "site")
    site.shell(
        "from django.db.migrations.recorder import MigrationRecorder as R\n"
        "from django.db import connection\nR(connection).record_applied('courses', '9999_from_the_future')"
    )
    backup(site.workspace, to=tmp_path / "kept")
    before = (site.workspace.state / "db.sqlite3").read_bytes()

    with pytest.raises(Problem, match=r"does not know courses\.9999_from_the_future"):
        restore(site.workspace, only_backup(tmp_path / "kept"), ask=False)

    assert (site.workspace.state / "db.sqlite3").read_bytes() == before


def test_damage_and_another_kind_of_database_are_refused(small_school, tmp_path, server):
    site, other = small_school, Site(tmp_path / "other", new_database(server))
    backup(site.workspace, to=tmp_path / "kept")
    source = only_backup(tmp_path / "kept")

    with pytest.raises(Problem, match="of a sqlite database, and this clone uses postgresql"):
        restore(other.workspace, source, ask=False)

    source.write_bytes(source.read_bytes()[:-200])
    before = (site.workspace.state / "db.sqlite3").read_bytes()
    with pytest.raises(Problem, match="damaged"):
        restore(site.workspace, source, ask=False)
    assert (site.workspace.state / "db.sqlite3").read_bytes() == before


def test_courses_that_differ_are_laid_beside(small_school, tmp_path):
    old, new = small_school.copy(tmp_path / "old"), Site(tmp_path / "new")
    lesson = next((tmp_path / "old" / "courses").rglob("02-zarpar/lesson.en.md"))
    lesson.write_text(lesson.read_text() + "\nA sentence of the instructor's.\n")
    backup(old.workspace, to=tmp_path / "kept")

    restore(new.workspace, only_backup(tmp_path / "kept"), ask=False)

    laid = list((new.workspace.state / "restored" / "labs").rglob("02-zarpar/lesson.en.md"))
    assert "A sentence of the instructor's." in laid[0].read_text()


def test_a_site_that_runs_is_not_restored_over(small_school, tmp_path):
    site = small_school
    backup(site.workspace, to=tmp_path / "kept")

    with chores.one_site(site.workspace), pytest.raises(Problem, match="runs already"):
        restore(site.workspace, only_backup(tmp_path / "kept"), ask=False)


def test_of_an_erased_person_no_byte_is_left_in_the_file_or_in_backups_made_after(small_school, tmp_path):
    site = small_school.copy(tmp_path / "site")
    birds = [f"canario-{secrets.token_hex(6)}" for _bird in range(12)]
    site.shell(
        f"birds = {birds!r}\n"
        "person = User.objects.create_user(birds[0], password='-', first_name=birds[1], last_name=birds[2])\n"
        "for bird in birds[3:]:\n"
        "    row = Submission.objects.create(learner=person, exercise=Exercise.objects.first(), exercise_key='k',\n"
        "        origin='asked', state='done', verdict='fail', answer={'text': bird * 50})\n"
        "    record(by=person, action='hand_in', subject=row, said=bird)\n"
    )
    assert all(bird.encode() in raw_database(site) for bird in birds)  # the control

    site.workspace.manage("erase_person", birds[0], "--yes")
    backup(site.workspace, to=tmp_path / "kept")

    unpacked = tmp_path / "unpacked"
    unpack(only_backup(tmp_path / "kept"), unpacked)
    packed = b"".join(path.read_bytes() for path in unpacked.rglob("*") if path.is_file())
    for bird in birds:
        assert bird.encode() not in raw_database(site)
        assert bird.encode() not in packed


def raw_database(site: Site) -> bytes:
    return b"".join(path.read_bytes() for path in site.workspace.state.glob("db.sqlite3*"))
