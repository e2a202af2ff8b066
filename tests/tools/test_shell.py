"""Other programs: limits, logs, and failures that read as sentences."""

import subprocess
import sys
from pathlib import Path

import pytest
from processes import is_alive, until

from tools.shell import CommandFailed, find_program, run, succeeds

ROOT = Path(__file__).resolve().parent.parent.parent


def test_returns_what_a_program_prints():
    assert run([sys.executable, "-c", "print('hello')"]) == "hello\n"


def test_a_failure_names_the_code_and_keeps_the_last_lines():
    script = "import sys; [print(f'line {n}') for n in range(50)]; sys.exit(3)"

    with pytest.raises(CommandFailed) as failure:
        run([sys.executable, "-c", script], mend="Do this.")

    assert "ended with code 3" in failure.value.sentence
    assert failure.value.mend == "Do this."
    assert failure.value.detail.splitlines()[-1] == "line 49"
    assert len(failure.value.detail.splitlines()) == 12


def test_a_program_that_hangs_is_stopped():
    with pytest.raises(CommandFailed, match="was stopped"):
        run([sys.executable, "-c", "import time; time.sleep(60)"], timeout=0.3)


def test_a_program_that_is_not_there_is_a_sentence():
    with pytest.raises(CommandFailed, match="There is no program `no-such-program`"):
        run(["no-such-program"])


def test_the_log_keeps_command_and_output_and_only_the_new_output_is_returned(tmp_path):
    log = tmp_path / "logs" / "setup.log"
    run([sys.executable, "-c", "print('first')"], log=log)

    printed = run([sys.executable, "-c", "print('second')"], log=log)

    assert printed == "second\n"
    assert "first" in log.read_text()
    assert "$ " in log.read_text()


def test_finds_daemons_that_are_not_on_the_path(monkeypatch):
    monkeypatch.setenv("PATH", "/nowhere")

    assert find_program("losetup") is not None


async def test_a_program_does_not_outlive_a_set_up_that_was_killed(tmp_path):
    child = "import os, sys, time; open(sys.argv[1], 'w').write(str(os.getpid())); time.sleep(60)"
    script = f"from tools.shell import run; run([{sys.executable!r}, '-c', {child!r}, {str(tmp_path / 'pid')!r}])"
    parent = subprocess.Popen([sys.executable, "-c", script], cwd=ROOT)
    await until(lambda: (tmp_path / "pid").exists() and (tmp_path / "pid").read_text())

    parent.kill()
    parent.wait()

    await until(lambda: not is_alive(int((tmp_path / "pid").read_text())))


def test_succeeds_tells_whether_a_program_ended_well():
    assert succeeds([sys.executable, "-c", ""])
    assert not succeeds([sys.executable, "-c", "raise SystemExit(1)"])
