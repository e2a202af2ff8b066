"""Watches the mirror while a site runs: brings it back when it does not answer, and gives unused disk back."""

import sys
import time

from tools.docker import CONTAINER_SECONDS, Docker
from tools.locks import machine_lock
from tools.mirror import health, places
from tools.mirror.door import ensure_door
from tools.mirror.interface import ensure_interface
from tools.problems import Problem
from tools.service.notify import ready
from tools.workspace import Workspace

# A learner who pulls meanwhile waits at most this long, and the two seconds that the mirror takes to start.
WATCH_SECONDS = 5.0
# A firewall that the host loads anew takes our rules away: they are looked at every minute.
RULES_EVERY = 12
# Namespaces of sessions that ended are rubbish; there is room for those of some hours.
SWEEP_EVERY = 120
# Walking through what a class pushed, on a slow disk.
SWEEP_SECONDS = 300.0


def keep(workspace: Workspace) -> None:
    """Watch for ever; the supervisor ends this process."""
    rounds = 0
    while True:
        try:
            look_after(workspace, rounds)
        except (Problem, OSError) as problem:
            print(f"ERROR {problem}", file=sys.stderr, flush=True)
        if rounds == 0:
            ready()  # whatever came of it: what waits for us can do without a mirror for a while
        rounds += 1
        time.sleep(WATCH_SECONDS)


def look_after(workspace: Workspace, rounds: int) -> None:
    """One round. Raises Problem."""
    if not health.answers():
        print("WARNING the mirror does not answer; starts it", flush=True)
        revive(workspace)
    elif rounds % RULES_EVERY == 0:
        ensure_interface()
    if rounds % SWEEP_EVERY == SWEEP_EVERY - 1:
        sweep(workspace)


def revive(workspace: Workspace) -> None:
    """Have the interface, and start the container anew. Raises Problem where there is none: set-up makes it."""
    with machine_lock("mirror"):
        ensure_interface()
        ensure_door(workspace)
        # Another clone's keeper may have been quicker.
        if not health.answers():
            Docker(workspace).call("restart", "--time", "5", places.CONTAINER, timeout=CONTAINER_SECONDS)


def sweep(workspace: Workspace) -> None:
    """Give back the disk of what sessions pushed that are over. Raises CommandFailed."""
    with machine_lock("mirror"):
        Docker(workspace).call("exec", places.CONTAINER, "/usr/local/lib/muelle/sweep", timeout=SWEEP_SECONDS)
