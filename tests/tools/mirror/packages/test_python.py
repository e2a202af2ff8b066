"""Wheels become a simple index."""

import hashlib
import tomllib

import pytest

from tools.mirror.library import FOLDER
from tools.mirror.packages import python
from tools.mirror.packages.python import normalised, write_simple_index
from tools.workspace import ROOT


@pytest.mark.parametrize("spelling", ["Flask-SQLAlchemy", "flask_sqlalchemy", "flask.sqlalchemy", "FLASK--SQLALCHEMY"])
def test_all_spellings_lead_to_one_name(spelling):
    assert normalised(spelling) == "flask-sqlalchemy"


def test_every_project_lists_its_files_with_their_hashes(tmp_path):
    (tmp_path / "files").mkdir()
    for name in ("Flask_SQLAlchemy-3.1.1-py3-none-any.whl", "redis-8.1.0-py3-none-any.whl"):
        (tmp_path / "files" / name).write_bytes(name.encode())

    write_simple_index(tmp_path)

    name = "redis-8.1.0-py3-none-any.whl"
    digest = hashlib.sha256(name.encode()).hexdigest()
    page = (tmp_path / "simple/redis/index.html").read_text()
    assert f'<a href="../../files/{name}#sha256={digest}">{name}</a>' in page
    listed = (tmp_path / "simple/index.html").read_text()
    assert 'href="flask-sqlalchemy/"' in listed
    assert 'href="redis/"' in listed


def test_what_lessons_need_is_locked():
    names = {line.partition("==")[0] for line in (ROOT / python.LOCK).read_text().splitlines() if "==" in line}

    assert {"flask", "requests", "redis", "gunicorn", "fastapi", "uvicorn"} <= names
    # Debian's pip cannot replace itself: `pip install --upgrade pip` must find nothing newer.
    assert not {"pip", "wheel"} & names


def test_wheels_are_for_the_python_of_the_library():
    (build,) = tomllib.loads((ROOT / FOLDER / "python/image.toml").read_text())["build"]

    assert build["arguments"]["VERSION"] == python.PYTHON_VERSION
