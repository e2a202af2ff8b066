"""Locks between clones."""

import subprocess
import sys
from pathlib import Path

import pytest

from tools.locks import machine_lock
from tools.problems import Problem

ROOT = Path(__file__).resolve().parent.parent.parent
HOLDER = """
import sys, time
from pathlib import Path
from tools.locks import machine_lock
with machine_lock("apt", folder=Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(60)
"""


@pytest.fixture
def holder(tmp_path):
    """Another process that holds the lock `apt`."""
    process = subprocess.Popen([sys.executable, "-c", HOLDER, tmp_path], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert process.stdout.readline() == "held\n"
    yield process
    process.kill()
    process.wait()
    process.stdout.close()


def test_a_lock_that_nobody_holds_is_had_at_once(tmp_path):
    with machine_lock("apt", folder=tmp_path, timeout=0):
        assert (tmp_path / "apt.lock").exists()


def test_who_waits_says_so_once_and_gives_up_with_a_sentence(tmp_path, holder):
    said = []

    with (
        pytest.raises(Problem, match="has held the lock `apt`"),
        machine_lock("apt", folder=tmp_path, timeout=0.5, waiting=said.append),
    ):
        pytest.fail("two processes held one lock")

    assert len(said) == 1


def test_a_lock_ends_with_the_process_that_held_it(tmp_path, holder):
    holder.kill()

    with machine_lock("apt", folder=tmp_path, timeout=5):
        pass

    assert holder.wait() == -9


def test_different_locks_do_not_wait_for_each_other(tmp_path, holder):
    with machine_lock("engine", folder=tmp_path, timeout=0):
        assert holder.poll() is None
