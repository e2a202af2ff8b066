"""B13: tables of the kernel that all sandboxes share, because it counts them by uid or for the whole machine.

They cannot be divided, so set-up makes them large and docs/limits.md names them. What is tried here is that the list
is complete: a neighbour of a sandbox that has taken all it can notices it in no other table than those.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from sandboxes.limits import MIB, Limits
from tests.abuse.harness import Range, Subject, Weaken
from tests.abuse.inner import EngineSubject

pytestmark = [pytest.mark.docker, pytest.mark.abuse]

PAGE = Path(__file__).resolve().parents[2] / "docs" / "limits.md"
PUBLISHED = set(re.findall(r"^\| `([a-z-]+)` \|", PAGE.read_text(), re.MULTILINE))
# Shut by seccomp, or a namespace's own.
CLOSED = {"keys": "EPERM", "aio": "EPERM"}
OWN = {"shared-memory", "semaphores", "messages"}
# Limits of processes that are counted by uid nevertheless; no setting of the host raises them.
ALWAYS_FELT = {"queues", "locked", "flying"}
GREEDY = Limits(memory_bytes=256 * MIB, pids=64, disk_bytes=4 * MIB)
MOST = 200_000
HELD = 30  # seconds at most; it is given back as soon as the neighbour has looked


@contextmanager
def taken(subject: Subject, table: str) -> Iterator[dict[str, str]]:
    """All that one sandbox can take of a table, for as short as possible, since this machine's other labs notice."""
    try:
        yield subject.probe("tables", "fill", table, str(MOST), str(HELD))
    finally:
        subject.end("tables")


def felt(greedy: Subject, neighbour: Subject) -> dict[str, str]:
    """What the neighbour cannot have any more while a table is taken."""
    at_first = neighbour.probe("tables", "one")
    found = {}
    for table in at_first:
        with taken(greedy, table):
            outcomes = neighbour.probe("tables", "one")
        found.update({name: how for name, how in outcomes.items() if how != at_first[name]})
    return found


def test_b13_what_neighbours_feel_is_published(range_: Range, sandbox: Subject) -> None:
    outcomes = sandbox.probe("tables", "one")
    assert {name: how for name, how in outcomes.items() if how != "ok"} == CLOSED
    assert outcomes.keys() - CLOSED.keys() - OWN == PUBLISHED

    with range_.sandbox(GREEDY) as greedy:
        noticed = felt(greedy, sandbox)

    assert noticed.keys() <= PUBLISHED
    assert noticed.keys() >= ALWAYS_FELT, "The control: the probe does take all there is, and the neighbour notices."
    assert {name: how for name, how in sandbox.probe("tables", "one").items() if how != "ok"} == CLOSED


def test_b13_a_sandbox_with_a_docker_takes_no_more(engine_box: EngineSubject, sandbox: Subject) -> None:
    assert felt(engine_box, sandbox).keys() <= PUBLISHED


def test_b13_queues_of_the_old_kind_are_each_sandboxs_own(range_: Range) -> None:
    def in_namespace(mode: str) -> Weaken:
        def weaken(_body: dict[str, Any], host: dict[str, Any]) -> None:
            host["IpcMode"] = mode
            host["Tmpfs"] = {path: options for path, options in host["Tmpfs"].items() if path != "/dev/shm"}

        return weaken

    with range_.weakened(in_namespace("shareable"), GREEDY) as greedy:
        joins = in_namespace(f"container:{greedy.handle}")
        with range_.weakened(joins) as control, range_.sandbox() as neighbour:
            for table in OWN:
                with taken(greedy, table) as came_to:
                    assert int(came_to["taken"]) > 100
                    assert came_to["why"] == "ENOSPC"
                    assert control.probe("tables", "one")[table] == "ENOSPC"
                    assert neighbour.probe("tables", "one")[table] == "ok"
