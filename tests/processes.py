"""Looking at real processes from tests."""

import asyncio
import time
from collections.abc import Callable
from pathlib import Path

# Far above what any small program takes on a busy machine.
PATIENCE = 15.0


async def until(condition: Callable[[], object], seconds: float = PATIENCE) -> None:
    """Wait for a condition; fail when it does not come true."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        await asyncio.sleep(0.02)


def is_alive(pid: int) -> bool:
    """Whether a process runs, zombies not counted."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False
