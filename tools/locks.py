"""Locks shared by all clones on this machine, for things of which there is one: apt, the lab engine, an image."""

import fcntl
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tools.problems import Problem

# Another clone may be building an image or installing packages meanwhile: long, but not for ever.
LOCK_SECONDS = 1800.0
# How often a waiting clone looks again: far below what a person notices, far above what costs anything.
POLL_SECONDS = 0.2


def lock_folder() -> Path:
    """The folder of the locks: in /run for root, whose clones share an engine; else one per user."""
    if os.geteuid() == 0:
        return Path("/run/muelle/locks")
    return Path(f"/tmp/muelle-{os.getuid()}/locks")


@contextmanager
def machine_lock(
    name: str,
    *,
    timeout: float = LOCK_SECONDS,
    waiting: Callable[[str], None] = lambda _: None,
    folder: Path | None = None,
    otherwise: Problem | None = None,
) -> Iterator[None]:
    """Hold the lock `name` against every other process on this machine that asks for it in the same folder.

    timeout: seconds. waiting: told once, in a sentence, when somebody else holds it. The lock ends with the process,
    however that dies, since the kernel drops it. Raises Problem (`otherwise`, if given) when the time is over.
    """
    folder = folder or lock_folder()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if folder.stat().st_uid != os.geteuid():
        raise Problem(f"{folder} belongs to another user.", f"Remove {folder} and run again.")
    with (folder / f"{name}.lock").open("w") as stream:
        deadline = time.monotonic() + timeout
        told = False
        while not _try_lock(stream.fileno()):
            if time.monotonic() > deadline:
                raise otherwise or Problem(
                    f"Another process has held the lock `{name}` for {timeout / 60:.0f} minutes.",
                    f"Find it with `fuser {folder / name}.lock`, end it, and run again.",
                )
            if not told:
                waiting(f"waits for another process, which holds the lock `{name}`")
                told = True
            time.sleep(POLL_SECONDS)
        yield


def _try_lock(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
