"""`.muelle/env`."""

import stat

import environ
import pytest

from tools.envfile import edit_env, read_env, update_env


def test_settings_come_back_as_they_were_written(tmp_path):
    path = tmp_path / "state" / "env"

    update_env(path, {"REDIS_URL": "redis://:a-b_c=@127.0.0.1:6379/0", "MUELLE_ENGINE_QUOTA": "1"})

    assert read_env(path) == {"REDIS_URL": "redis://:a-b_c=@127.0.0.1:6379/0", "MUELLE_ENGINE_QUOTA": "1"}


def test_django_reads_the_same(tmp_path, monkeypatch):
    monkeypatch.delenv("MUELLE_TOOLS_TEST", raising=False)
    update_env(tmp_path / "env", {"MUELLE_TOOLS_TEST": "redis://:x@127.0.0.1:1/0"})
    reader = environ.Env()

    reader.read_env(str(tmp_path / "env"))

    assert reader.str("MUELLE_TOOLS_TEST") == "redis://:x@127.0.0.1:1/0"


def test_other_settings_stay_and_an_empty_value_removes_one(tmp_path):
    update_env(tmp_path / "env", {"A": "1", "B": "2"})

    update_env(tmp_path / "env", {"A": "", "C": "3"})

    assert read_env(tmp_path / "env") == {"B": "2", "C": "3"}


def test_only_the_owner_may_read_it(tmp_path):
    update_env(tmp_path / "env", {"A": "1"})

    assert stat.S_IMODE((tmp_path / "env").stat().st_mode) == 0o600


def test_nothing_is_written_when_nothing_changes(tmp_path):
    update_env(tmp_path / "env", {"A": "1"})
    before = (tmp_path / "env").stat().st_ino

    update_env(tmp_path / "env", {"A": "1"})

    assert (tmp_path / "env").stat().st_ino == before


@pytest.mark.parametrize("written", [{"A": "1\nB=2"}, {"not a name": "1"}])
def test_what_would_become_another_line_is_refused(tmp_path, written):
    with pytest.raises(ValueError, match="does not fit"):
        update_env(tmp_path / "env", written)


def test_a_file_that_people_edit_keeps_their_lines(tmp_path):
    path = tmp_path / ".env"
    path.write_text("# mine\nA=1\n\nB=2 # not a comment\n")

    edit_env(path, {"A": "3", "C": "4"}, template="# unused\n")

    assert path.read_text() == "# mine\nA=3\n\nB=2 # not a comment\nC=4\n"


def test_a_file_that_is_not_there_begins_with_the_template(tmp_path):
    edit_env(tmp_path / ".env", {"A": "1"}, template="# Yours.\nB=\n")

    assert (tmp_path / ".env").read_text() == "# Yours.\nB=\nA=1\n"
    assert stat.S_IMODE((tmp_path / ".env").stat().st_mode) == 0o600
