"""The PostgreSQL of the tests, for real."""

from pathlib import Path

import environ
import psycopg
import pytest

from tools.suites.postgres import find_binaries, private_postgres


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
