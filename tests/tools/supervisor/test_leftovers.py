"""Processes that a killed supervisor left behind."""

import os
import subprocess
import sys

import pytest
from processes import is_alive, until

from tools.supervisor.leftovers import MARK, end_leftovers, find_leftovers


@pytest.fixture
def orphan(tmp_path):
    """A process that carries the mark of a clone whose state is `tmp_path`."""
    environment = {**os.environ, MARK: str(tmp_path)}
    process = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"], env=environment)
    yield process
    process.kill()
    process.wait()


async def test_they_are_found_by_their_mark_and_ended(tmp_path, orphan):
    await until(lambda: orphan.pid in find_leftovers(tmp_path))

    ended = end_leftovers(tmp_path, grace=2)

    assert ended == 1
    await until(lambda: not is_alive(orphan.pid))


async def test_those_of_another_clone_are_left_alone(tmp_path, orphan):
    await until(lambda: orphan.pid in find_leftovers(tmp_path))

    ended = end_leftovers(tmp_path / "another", grace=0.1)

    assert ended == 0
    assert is_alive(orphan.pid)
