"""What the platform is told of the walls: which rules the kernel had when somebody looked, where, and when."""

import json
import os
import time
from dataclasses import asdict, dataclass
from pathlib import Path

from tools.walls import places

OWN_NETWORK = Path("/proc/self/ns/net")


@dataclass(frozen=True)
class Report:
    """One look at the walls."""

    table: str
    digest: str
    # The network namespace that was looked at, by the number of its inode.
    network: int
    # Seconds since the machine started, asleep or not: the same clock in every container of it.
    at: float


def write(table: str, digest: str, path: Path = places.REPORT) -> None:
    """Say that the walls stand, with these rules, now."""
    path.parent.mkdir(parents=True, exist_ok=True)
    report = Report(table, digest, OWN_NETWORK.stat().st_ino, time.clock_gettime(time.CLOCK_BOOTTIME))
    draft = path.with_suffix(f".{os.getpid()}")
    draft.write_text(json.dumps(asdict(report)), encoding="utf-8")
    draft.chmod(0o644)
    # Readers find the old report or the new one, never half of it.
    draft.replace(path)


def known_digest(path: Path = places.REPORT) -> str:
    """The rules that the last report tells of; empty where there is none."""
    try:
        return str(json.loads(path.read_text(encoding="utf-8"))["digest"])
    except (OSError, ValueError, KeyError, TypeError):
        return ""
