"""Processes that a supervisor of this clone left behind when it was killed itself."""

import contextlib
import os
import signal
import time
from pathlib import Path

# Every process under the supervisor carries this variable with the clone's state directory, and so do its children.
MARK = "MUELLE_SUPERVISED"
# Between asking and killing.
GRACE_SECONDS = 3.0
POLL_SECONDS = 0.05


def find_leftovers(state: Path) -> list[int]:
    """Process ids that carry the mark of this clone. Only those whose environment this user may read."""
    mark = f"{MARK}={state}".encode()
    found = []
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit() and int(folder.name) != os.getpid():
            with contextlib.suppress(OSError):
                if mark in (folder / "environ").read_bytes().split(b"\0"):
                    found.append(int(folder.name))
    return sorted(found)


def end_leftovers(state: Path, grace: float = GRACE_SECONDS) -> int:
    """End them, kindly first. Returns how many there were."""
    found = find_leftovers(state)
    _send(found, signal.SIGTERM)
    deadline = time.monotonic() + grace
    while find_leftovers(state) and time.monotonic() < deadline:
        time.sleep(POLL_SECONDS)
    _send(find_leftovers(state), signal.SIGKILL)
    return len(found)


def _send(pids: list[int], number: signal.Signals) -> None:
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, number)
