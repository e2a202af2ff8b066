"""Whether the firewall around labs with a network stands. Asked before each such sandbox is made; not knowing is no.

Set-up puts the walls up (tools/walls), and a keeper looks after them and reports. Who shares the network namespace of
the report and is root looks at the rules itself. Others, such as a worker in a container, take the keeper's word, but
only while it is fresh.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from sandboxes.runtimes.base import WallsDown

# The keeper looks every two seconds; one that says nothing for this long is dead, or cannot put the walls up.
FRESH = 15.0  # seconds
# A listing takes 10 ms, of which most is the start of a process.
LISTING_TIMEOUT = 5.0  # seconds
OWN_NETWORK = Path("/proc/self/ns/net")
SYSTEM_FOLDERS = "/usr/sbin:/sbin:/usr/bin:/bin"


class Walls(Protocol):
    """What keeps sandboxes with a network from reaching anything but the mirror."""

    def check(self) -> None:
        """Raises WallsDown unless they are known to stand."""
        ...


class NoWalls:
    """Where nobody said how to know."""

    def check(self) -> None:
        raise WallsDown("this runtime was told of no walls")


@dataclass(frozen=True)
class ReportedWalls:
    """Walls of which a file tells."""

    report: Path

    def check(self) -> None:
        said = self._read()
        if self._can_look(said):
            found = _digest(str(said["table"]))
            if found != said["digest"]:
                raise WallsDown(f"table {said['table']} of the firewall is {found or 'missing'}, not {said['digest']}")
            return
        age = time.clock_gettime(time.CLOCK_BOOTTIME) - float(said["at"])
        if not 0 <= age <= FRESH:
            raise WallsDown(f"the last report of the firewall's keeper is {age:.0f} s old")

    def _read(self) -> dict[str, Any]:
        try:
            said: dict[str, Any] = json.loads(self.report.read_text(encoding="utf-8"))
            if not (said["table"] and said["digest"] and int(said["network"]) and float(said["at"])):
                raise ValueError("something is empty")
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise WallsDown(f"there is no report of the firewall's keeper: {error!r}") from error
        return said

    @staticmethod
    def _can_look(said: dict[str, Any]) -> bool:
        return os.geteuid() == 0 and OWN_NETWORK.stat().st_ino == said["network"]


def _digest(table: str) -> str:
    """Of the rules that the kernel has; empty where it has none or cannot be asked."""
    program = shutil.which("nft", path=SYSTEM_FOLDERS)
    if program is None:
        return ""
    argv = [program, "--stateless", "--terse", "list", "table", "inet", table]
    try:
        done = subprocess.run(argv, capture_output=True, timeout=LISTING_TIMEOUT, check=True)
    except (OSError, subprocess.SubprocessError):
        return ""
    return hashlib.sha256(done.stdout).hexdigest()
