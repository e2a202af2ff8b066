"""G03, G09: nothing that runs in a sandbox makes a check pass, and nothing that lies there makes one hang or grow."""

from __future__ import annotations

import resource
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from content.documents import ExpectDocument
from grading.checks import Outcome, run_check
from grading.expects import probe
from grading.expects.base import View
from grading.expects.probe import Probe
from grading.models import Verdict
from tests.abuse.harness import Subject

pytestmark = [pytest.mark.docker, pytest.mark.abuse]

HOME = "/home/learner"
WORD = "boya"
SHELL = ("/.muelle/bin/busybox", "sh", "-c")
# Each asks for the same thing, and none of it is done: a file that has the word in it.
CHECKS = (
    ExpectDocument(kind="file", arguments={"path": "note.txt", "contains": WORD}),
    ExpectDocument(
        kind="script",
        arguments={
            "file": "checks/note.sh",
            "expected": {"en": "note.txt has the word."},
            "source": f"cat {HOME}/note.txt; grep -q {WORD} {HOME}/note.txt || exit 1",
        },
    ),
    ExpectDocument(kind="process", arguments={"name": "sleep", "command": f"sleep {WORD}"}),
)


def look(subject: Subject, expect: ExpectDocument) -> Outcome:
    return run_check(expect, (), View(probe=Probe(subject.agent, seconds=20), values={}))


def prepare(subject: Subject, line: str) -> None:
    """Do something as the learner."""
    result = subject.run(*SHELL, f"cd {HOME}; {line}")
    assert result.exit_code == 0, result


@contextmanager
def interference(subject: Subject, how: str, seconds: int) -> Iterator[dict[str, int]]:
    """Attack every process of the sandbox meanwhile; what it came to is there at the end."""
    came_to: dict[str, int] = {}

    def attack() -> None:
        found = subject.probe("interfere", how, str(seconds), timeout=seconds + 20)
        came_to.update({name: int(number) for name, number in found.items()})

    attacker = threading.Thread(target=attack)
    attacker.start()
    try:
        yield came_to
    finally:
        attacker.join(timeout=seconds + 30)


def looks_during(subject: Subject, how: str, seconds: int) -> tuple[list[Outcome], dict[str, int]]:
    outcomes = []
    end = time.monotonic() + seconds - 1
    with interference(subject, how, seconds) as came_to:
        while time.monotonic() < end:
            outcomes += [look(subject, expect) for expect in CHECKS]
    return outcomes, came_to


def test_g03_nobody_gets_at_a_check_while_it_looks(sandbox: Subject) -> None:
    outcomes, came_to = looks_during(sandbox, "touch", 10)

    assert len(outcomes) >= 100
    assert {outcome.verdict for outcome in outcomes} == {Verdict.FAIL}
    assert (came_to["written"], came_to["opened"], came_to["traced"]) == (0, 0, 0)

    with interference(sandbox, "touch", 3) as control:  # the same attack on a program that can be read
        sandbox.run("/probes/child", "/probes/child", "/.muelle/bin/sleep", "2")
    assert control["opened"] > 0
    assert control["written"] > 0


@pytest.mark.parametrize("how", ["kill", "stop"])
def test_g03_a_check_that_is_killed_or_stopped_knows_nothing(
    sandbox: Subject, how: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(probe, "LOOK_TIMEOUT", 0.5)

    outcomes, came_to = looks_during(sandbox, how, 8)

    assert came_to["signalled"] > 0, "The control: the signals arrive."
    assert Verdict.PASS not in {outcome.verdict for outcome in outcomes}
    assert Verdict.ERROR in {outcome.verdict for outcome in outcomes}


@pytest.mark.parametrize("how", ["touch", "kill"])
def test_g03_what_is_done_is_never_called_undone_by_an_attack(sandbox: Subject, how: str) -> None:
    prepare(sandbox, f"echo {WORD} > note.txt")
    end = time.monotonic() + 4

    outcomes = []
    with interference(sandbox, how, 5):
        while time.monotonic() < end:
            outcomes += [look(sandbox, expect) for expect in CHECKS[:2]]

    assert Verdict.FAIL not in {outcome.verdict for outcome in outcomes}


HOSTILE: dict[str, str] = {
    "fifo": "mkfifo note.txt",
    "zero": "ln -s /dev/zero note.txt",
    "random": "ln -s /dev/urandom note.txt",
    "terminal": "ln -s /dev/tty note.txt",
    "loop": "ln -s note.txt note.txt",
    "directory": "mkdir note.txt",
    "as long as may be": "truncate -s 4M note.txt",  # more is refused; 10 GB are in tests/grading/expects/test_file.py
    "binary": "head -c 60000 /dev/urandom > note.txt",
    "escapes": "printf '\\033]0;x\\007\\033[2J\\377\\376\\033[31m' > note.txt",
    "one long line": "head -c 200000 /dev/zero | tr '\\0' a > note.txt",
    "many processes": "for n in $(seq 30); do sleep 60 & done",
    "long command lines": "sh -c 'sleep 60; :' $(head -c 100000 /dev/zero | tr '\\0' b) &",
    "closed folder": "chmod 000 .",
}


@pytest.mark.parametrize("make", HOSTILE.values(), ids=HOSTILE.keys())
def test_g09_hostile_objects_cost_neither_time_nor_memory(sandbox: Subject, make: str) -> None:
    prepare(sandbox, make + " >/dev/null 2>&1 </dev/null" if make.endswith("&") else make)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

    for expect in CHECKS:
        started = time.monotonic()
        outcome = look(sandbox, expect)

        assert time.monotonic() - started <= 12
        assert outcome.verdict != Verdict.PASS
        assert "\x1b" not in str(outcome)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 50 * 1024


@pytest.mark.parametrize(
    "source",
    ["yes", "cat /dev/zero", "while :; do :; done", "yes >&2", "sleep 60 & exit 1", ":(){ :|:& };: ; exit 1"],
    ids=["yes", "zero", "loop", "errors", "background", "fork bomb"],
)
def test_g09_a_script_that_never_ends_is_ended(sandbox: Subject, source: str) -> None:
    """An author's mistake, or a program of the learner's that an author's script runs."""
    arguments: dict[str, Any] = {"file": "checks/a.sh", "expected": {"en": "x"}, "source": source, "timeout": 2}
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    started = time.monotonic()

    outcome = look(sandbox, ExpectDocument(kind="script", arguments=arguments))

    assert time.monotonic() - started <= 10
    assert outcome.verdict != Verdict.PASS
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 50 * 1024


def test_the_checks_do_pass_where_all_is_done(sandbox: Subject) -> None:
    """The control of everything above."""
    prepare(sandbox, f"echo {WORD} > note.txt")

    assert [look(sandbox, expect).verdict for expect in CHECKS[:2]] == [Verdict.PASS, Verdict.PASS]
    assert look(sandbox, CHECKS[2]).verdict == Verdict.FAIL


def test_nobody_leaves_a_check_running(sandbox: Subject) -> None:
    for expect in CHECKS:
        look(sandbox, expect)

    left = sandbox.run("/.muelle/bin/ps", "-o", "pid,args").stdout.decode()
    assert len(left.splitlines()) <= 4, left
