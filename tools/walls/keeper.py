"""Watches the walls while a site runs: a host that loads its firewall anew takes them away."""

import sys
import time
from pathlib import Path

from tools.locks import machine_lock
from tools.problems import Problem
from tools.service.notify import ready
from tools.walls import places, report, rules

# So long at most sandboxes are without walls, should somebody take them away. One look takes 10 ms.
WATCH_SECONDS = 2.0


def keep() -> None:
    """Watch for ever; the supervisor ends this process."""
    while True:
        try:
            if look_after():
                print("WARNING the firewall around labs was gone or changed; it was put back", flush=True)
        except (Problem, OSError) as problem:
            print(f"ERROR labs with a network cannot start: {problem}", file=sys.stderr, flush=True)
        ready()  # whatever came of it: what waits for us can do without labs for a while
        time.sleep(WATCH_SECONDS)


def look_after(table: str = places.TABLE, path: Path = places.REPORT) -> bool:
    """One look: put the walls back where they are not those of the report, and report. Returns whether it had to.

    Several clones may look after one table. Whoever set up last decided on the rules, and the others keep those, so
    that two versions do not fight. Raises Problem; then there is no new report, and labs are refused when it is old.
    """
    with machine_lock("walls"):
        known = report.known_digest(path)
        if known and rules.digest(table) == known:
            report.write(table, known, path)
            return False
        put_up(table, path)
        return True


def put_up(table: str = places.TABLE, path: Path = places.REPORT) -> None:
    """Have the walls of this version, and report them. Idempotent. Raises Problem."""
    rules.load(table)
    report.write(table, rules.digest(table), path)


def take_down(table: str = places.TABLE, path: Path = places.REPORT) -> None:
    """Remove walls and report: labs with a network are refused from then on. Idempotent. Raises Problem."""
    path.unlink(missing_ok=True)
    rules.remove(table)
