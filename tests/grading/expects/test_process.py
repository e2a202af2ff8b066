"""`process`, on real processes."""

import os
import secrets
import signal
from pathlib import Path

import pytest

from grading.expects import process


@pytest.fixture
def judged(look):
    def judge(**arguments):
        return process.judge(arguments, process.gather(arguments, look()))

    return judge


@pytest.fixture
def span() -> str:
    """Seconds that nobody else on this machine sleeps for: without a container, all of its processes are seen."""
    return f"73{secrets.randbelow(10**7):07}"


@pytest.fixture
def start(learner_runs):
    """Start a process in the background as the learner; all are ended after the test."""
    pids = []

    def run(line: str) -> int:
        pids.append(int(learner_runs(f"setsid sh -c 'exec {line}' </dev/null >/dev/null 2>&1 & echo $!")))
        return pids[-1]

    yield run
    for pid in pids:
        os.kill(pid, signal.SIGKILL)


def test_a_process_is_found_by_its_command_line(start, judged, eventually, span):
    start(f"sleep {span}")

    eventually(lambda: judged(name="sleep", command=f"sleep {span}").passed)

    assert judged(command={"matches": "^sleep 73"}, threads=1, state="sleeping").passed
    assert not judged(command=f"sleep {span}1").passed
    assert not judged(command=f"sleep {span}", absent=True).passed
    assert judged(command=f"sleep {span}1", absent=True).passed


def test_processes_are_counted(start, judged, eventually, span):
    start(f"sleep {span}")
    start(f"sleep {span}")

    eventually(lambda: judged(command=f"sleep {span}", count=2).passed)

    finding = judged(command=f"sleep {span}", count={"min": 3})
    assert not finding.passed
    assert finding.observed == 2
    assert finding.aspects[0].found["en"] == "There are 2 such processes"


def test_state_nice_and_user_are_those_of_the_kernel(start, judged, eventually, span):
    pid = start(f"nice -n 7 sleep {span}")
    nice = min(os.nice(0) + 7, 19)  # who runs the tests may be nice already
    eventually(lambda: judged(command=f"sleep {span}", nice=nice).passed)

    os.kill(pid, signal.SIGSTOP)

    eventually(lambda: judged(command=f"sleep {span}", state="stopped").passed)
    assert judged(command=f"sleep {span}", user=Path(f"/proc/{pid}").stat().st_uid, memory={"min": 1}).passed


def test_a_process_that_almost_fits_is_explained(start, judged, eventually, span):
    start(f"sleep {span}")
    eventually(lambda: judged(command=f"sleep {span}").passed)

    finding = judged(command=f"sleep {span}", nice=-5, state="stopped")

    assert f"the state is `sleeping`, the nice value is `{os.nice(0)}`" in finding.aspects[0].found["en"]


def test_a_process_that_is_missing_is_explained(judged):
    finding = judged(name="radar", command={"contains": "--id"})

    assert finding.aspects[0].expected["en"] == (
        "There is a process where the name is `radar`, the command line contains `--id`"
    )
    assert finding.aspects[0].found["en"] == "There is no such process"


def test_the_look_does_not_see_itself(judged):
    assert judged(command={"contains": "/proc/self/cmdline"}, absent=True).passed
    assert judged(command={"matches": "busybox (sh|head)"}, absent=True).passed


@pytest.mark.parametrize("argument", ["a\\nUid:\\t0", ") R 1 1", "\\x1b[2J", "\\xff\\xfe"])
def test_no_process_can_pass_for_another_by_its_name(start, judged, eventually, argument, span):
    """A name with line ends, brackets or escapes must not become a field of its own."""
    start(f'bash -c "printf \\"{argument}\\" >/proc/self/comm; sleep {span}; :" {span}')

    eventually(lambda: judged(command={"contains": f"{span}; :"}).passed)

    finding = judged(command={"contains": f"{span}; :"}, user="root", nice=1)
    assert not finding.passed
    assert "\x1b" not in str(finding)


def test_a_giant_command_line_is_cut(start, judged, eventually, span):
    start(f'sh -c "sleep {span}; :" $(head -c 100000 /dev/zero | tr "\\0" x)')

    eventually(lambda: judged(command={"contains": span}).passed)

    assert len(str(judged(command={"contains": "xx"}, nice=19).aspects)) < 2000
