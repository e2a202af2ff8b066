"""G06: what a check looks for is nowhere in a sandbox, not before it looks and not while it does."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from content.documents import ExpectDocument
from grading.checks import run_check
from grading.expects.base import View
from grading.expects.probe import Probe
from tests.abuse.harness import Subject

pytestmark = [pytest.mark.docker, pytest.mark.abuse]

LOOKS = 100
SECRET = f"geheim{secrets.token_hex(8)}"
# With what the shell can do itself, as docs/authoring.md says: the arguments of programs can be read by everybody.
SCRIPT = f"case $(cat a) in *{SECRET}*) exit 0 ;; esac; exit 1"
# One of each kind that carries something hidden.
CHECKS = (
    ExpectDocument(
        kind="script",
        arguments={
            "file": "checks/a.sh",
            "expected": {"en": "x"},
            "source": SCRIPT,
        },
    ),
    ExpectDocument(kind="file", arguments={"path": "a.txt", "contains": SECRET}),
    ExpectDocument(kind="process", arguments={"name": "sleep", "command": SECRET}),
    ExpectDocument(kind="answer", arguments={"equals": SECRET, "hide": True}),
)
# Everything that a learner's uid can read of the processes there are, over and over. The pattern does not fit itself.
SPY = """
end=$(($(date +%s) + $1))
while [ "$(date +%s)" -lt "$end" ]; do
    cat /proc/[0-9]*/cmdline /proc/[0-9]*/environ 2>/dev/null | tr '\\0' '\\n' | grep -oE 'gehei[m][0-9a-f]{16}' && exit
done
"""
EVERYWHERE = "grep -rlF {word} /home /tmp /var /run /dev/shm /etc /probes /.muelle 2>/dev/null; exit 0"


@contextmanager
def spying(subject: Subject, seconds: int) -> Iterator[list[bytes]]:
    """Read what can be read of all processes meanwhile; what was found is there at the end."""
    found: list[bytes] = []

    def spy() -> None:
        found.append(subject.run("/.muelle/bin/sh", "-c", SPY, "spy", str(seconds), timeout=seconds + 20).stdout)

    spying = threading.Thread(target=spy)
    spying.start()
    try:
        yield found
    finally:
        spying.join(timeout=seconds + 30)


def test_g06_what_a_check_looks_for_cannot_be_read(sandbox: Subject) -> None:
    with spying(sandbox, 4) as found:
        for _look in range(LOOKS // len(CHECKS)):
            for expect in CHECKS:
                run_check(expect, (), View(probe=Probe(sandbox.agent, seconds=20), values={}))
    assert found == [b""]
    searched = sandbox.run("/.muelle/bin/sh", "-c", EVERYWHERE.format(word=SECRET), timeout=60)
    assert searched.stdout == b""

    with spying(sandbox, 3) as control:  # a check that is given as an argument, as a careless one would be
        sandbox.run("/.muelle/bin/sh", "-c", "sleep 2; :", SECRET)
    assert SECRET.encode() in control[0]
    sandbox.run("/.muelle/bin/sh", "-c", f"echo {SECRET} > /tmp/left")
    assert b"/tmp/left" in sandbox.run("/.muelle/bin/sh", "-c", EVERYWHERE.format(word=SECRET), timeout=60).stdout
