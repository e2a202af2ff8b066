"""The virtual environment: installed when a lock changed, and only then."""

import shutil

import pytest

from tools.shell import CommandFailed
from tools.steps import python_environment


@pytest.fixture
def installer(workspace, monkeypatch):
    """A pip that remembers what it installed."""
    locks = workspace.root / "tools" / "requirements"
    locks.mkdir(parents=True)
    (locks / "run.txt").write_text("django==5.2\n")
    (locks / "dev.txt").write_text("pytest==9\n")
    installed = []

    def run(argv, **_):
        if "venv" in argv:
            shutil.rmtree(workspace.venv, ignore_errors=True)  # --clear
            (workspace.venv / "bin").mkdir(parents=True)
            workspace.python.touch()
        else:
            installed.append(argv[-1].name)
        return ""

    monkeypatch.setattr(python_environment, "run_program", run)
    monkeypatch.setattr(python_environment, "succeeds", lambda _: workspace.python.exists())
    return installed


def test_the_second_time_nothing_is_installed(workspace, installer):
    python_environment.run(workspace)

    outcome = python_environment.run(workspace)

    assert installer == ["run.txt"]
    assert outcome == "locked dependencies match"


def test_a_changed_lock_is_installed_again(workspace, installer):
    python_environment.run(workspace)
    (workspace.root / "tools" / "requirements" / "run.txt").write_text("django==5.2.1\n")

    python_environment.run(workspace)

    assert installer == ["run.txt", "run.txt"]


def test_tests_need_more_and_what_is_there_stays(workspace, installer):
    python_environment.run(workspace)
    workspace.for_tests = True

    python_environment.run(workspace)
    workspace.for_tests = False
    python_environment.run(workspace)

    assert installer == ["run.txt", "dev.txt"]


def test_an_install_that_died_half_way_is_done_again(workspace, installer, monkeypatch):
    works = python_environment.run_program

    def die(argv, **options):
        if "venv" not in argv:
            raise CommandFailed("pip was killed.", "Run again.")
        return works(argv, **options)

    monkeypatch.setattr(python_environment, "run_program", die)
    with pytest.raises(CommandFailed):
        python_environment.run(workspace)
    monkeypatch.setattr(python_environment, "run_program", works)

    python_environment.run(workspace)

    assert installer == ["run.txt"]


def test_a_removed_environment_is_made_again(workspace, installer):
    python_environment.run(workspace)
    workspace.python.unlink()
    (workspace.venv / "bin").rmdir()

    python_environment.run(workspace)

    assert installer == ["run.txt", "run.txt"]
