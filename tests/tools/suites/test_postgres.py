"""The PostgreSQL of the tests, for real."""

import os
from pathlib import Path

import environ
import psycopg
import pytest

from tools.suites.postgres import find_binaries, private_postgres, remove_abandoned


@pytest.mark.slow
@pytest.mark.skipif(find_binaries() is None, reason="needs a PostgreSQL server")
def test_it_answers_and_is_gone_afterwards():
    with private_postgres() as url:
        settings = environ.Env.db_url_config(url)
        folder = Path(settings["HOST"])
        with psycopg.connect(host=settings["HOST"], user=settings["USER"], dbname=settings["NAME"]) as connection:
            answer = connection.execute("SELECT 6 * 7").fetchone()
        existed = folder.is_dir()

    assert answer == (42,)
    assert existed
    assert not folder.exists()


def test_what_killed_tests_left_is_removed_and_the_rest_stays(tmp_path):
    for name in ("muelle-postgres-old", "muelle-postgres-running", "muelle-postgres-new", "somebody-elses"):
        (tmp_path / name / "data").mkdir(parents=True)
    (tmp_path / "muelle-postgres-running" / "data" / "postmaster.pid").touch()
    for name in ("muelle-postgres-old", "muelle-postgres-running", "somebody-elses"):
        os.utime(tmp_path / name, (0, 0))

    remove_abandoned(tmp_path)

    assert {path.name for path in tmp_path.iterdir()} == {
        "muelle-postgres-running",
        "muelle-postgres-new",
        "somebody-elses",
    }
