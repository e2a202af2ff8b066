"""ENDURANCE: many labs are started, used and ended, one after the other; then nothing of them may be left."""

import argparse
import contextlib
import time

from census import Census
from lab import ENGINE_LESSON, Lab
from learner_client import LESSON
from measure import Row
from running_site import NotStarted, wait_for

CYCLES = {"standard": 1000, "engine": 50}
LESSONS = {"standard": LESSON, "engine": ENGINE_LESSON}
# What is done in each lab, so that more than an empty container has to be cleared away when it ends.
USE = {"standard": "(sleep 3600 &)", "engine": "docker run --detach busybox sleep 3600"}
WARMING = {"standard": 60, "engine": 10}  # cycles before counting starts: what is opened once is no leak
USE_TIMEOUT = 60.0  # seconds
END_TIMEOUT = 60.0  # seconds from pressing *end* to the end
CLEAN_TIMEOUT = 90.0  # seconds; the reconciler finds within seconds what others forgot
# That one process may have open more than before: the client of the engine keeps a connection for each of the last 25
# addresses that it asked, and the address of a sandbox has its name in it. A leak of one in each cycle is more.
MORE_FILES = 25
TOLD_EVERY = 50  # cycles


def cycles(text: str) -> dict[str, int]:
    """Read `standard,engine` numbers of cycles from the command line."""
    numbers = text.split(",")
    if len(numbers) != len(CYCLES) or not all(number.isdecimal() for number in numbers):
        raise argparse.ArgumentTypeError(f"{text!r} is not two numbers with a comma between them")
    return dict(zip(CYCLES, map(int, numbers), strict=True))


def measure(lab: Lab, _rounds: int) -> list[Row]:
    """Cycle standard labs, then labs with Docker."""
    rows: list[Row] = []
    for profile, count in CYCLES.items():
        if count:
            rows += _endure(lab, profile, count)
    return rows


def _endure(lab: Lab, profile: str, count: int) -> list[Row]:
    waiting = {"standard": 0, "engine": 0, profile: 2}
    # As many wait afterwards as before, since each holds files of the engine's open.
    lab.set_pools(standard=waiting["standard"], engine=waiting["engine"], grow=False)
    for _cycle in range(WARMING[profile]):
        _cycle_once(lab, profile)
    census = Census(lab)
    _wait_for_rest(lab)
    before, files, memory = census.left(), census.open_files(), census.resident()
    connections, began = census.connections(), time.monotonic()
    for cycle in range(count):
        _cycle_once(lab, profile)
        if (cycle + 1) % TOLD_EVERY == 0:
            print(f"  {cycle + 1} of {count} after {time.monotonic() - began:.0f} s", flush=True)
    took = time.monotonic() - began
    left = _left(lab, census, before)
    more_files = {name: number - files.get(name, 0) for name, number in census.open_files().items()}
    more_memory = {name: number - memory.get(name, 0.0) for name, number in census.resident().items()}
    print(f"  connections remembered by the kernel: {connections} before, {census.connections()} after", flush=True)
    return [
        _row_of_left(f"{count} starts and ends of `{profile}` labs in {took:.0f} s: left", left),
        _row_of_growth(f"the same: what long-lived processes grew by ({profile})", more_files, more_memory),
    ]


def _row_of_left(what: str, left: dict[str, set[str]]) -> Row:
    for kind, names in left.items():
        for name in sorted(names):
            print(f"  left of {kind}: {name}", flush=True)
    ours = ", ".join(f"{kind} {len(names)}" for kind, names in left.items())
    return Row("ENDURANCE", what, ours, "", "", "nothing", not any(left.values()))


def _row_of_growth(what: str, files: dict[str, int], memory: dict[str, float]) -> Row:
    ours = ", ".join(f"{name} {files[name]:+d} files {memory[name]:+.1f} MB" for name in files)
    most = max(files.values())
    return Row("ENDURANCE", what, ours, "", f"{most:+d} files", f"≤ +{MORE_FILES} files each", most <= MORE_FILES)


def _cycle_once(lab: Lab, profile: str) -> None:
    lab.start_cold(LESSONS[profile])  # which a warm sandbox makes quick
    with lab.terminal() as terminal:
        terminal.run(USE[profile], seconds=USE_TIMEOUT)
    lab.end()
    _wait_for_end(lab)


def _wait_for_end(lab: Lab) -> None:
    question = "SELECT count(*) AS number FROM lab_sessions_labsession WHERE state NOT IN ('ended', 'failed')"
    wait_for(lambda: lab.site.rows(question)[0]["number"] == 0, seconds=END_TIMEOUT, what="The end of a session")


def _wait_for_rest(lab: Lab) -> None:
    """Wait until the pool is full again: what is being made or removed right now is no leak."""
    lab.wait_for_warm_sandbox()


def _left(lab: Lab, census: Census, before: dict[str, set[str]]) -> dict[str, set[str]]:
    """Return what is there that was not there before, once that is nothing or does not become less any more."""
    _wait_for_rest(lab)
    found: dict[str, set[str]] = {}

    def nothing() -> bool:
        found.update({kind: names - before[kind] for kind, names in census.left().items()})
        return not any(found.values())

    with contextlib.suppress(NotStarted):  # then the table says what is left
        wait_for(nothing, seconds=CLEAN_TIMEOUT, what="A clean machine")
    return found
