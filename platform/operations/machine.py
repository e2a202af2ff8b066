"""Processor, memory and disk of this machine, from the kernel. Plain Python.

In a container /proc/stat and /proc/meminfo tell of the host, and the folder of the agents' sockets, which is a mount,
of the host's disk.
"""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from pathlib import Path

PROC = Path("/proc")
KIB = 1024


@dataclass(frozen=True)
class Amount:
    """How much of something there is, in bytes."""

    used: int
    total: int

    @property
    def free(self) -> int:
        return self.total - self.used

    @property
    def free_share(self) -> float:
        return self.free / self.total if self.total else 0.0


class Processors:
    """How busy the processors are, from one look to the next."""

    def __init__(self, proc: Path = PROC) -> None:
        self._stat = proc / "stat"
        self._last: tuple[int, int] | None = None

    def share(self) -> float | None:
        """Return the share in use since the last call; None at the first."""
        busy, whole = self._read()
        before, self._last = self._last, (busy, whole)
        if before is None or whole <= before[1]:
            return None
        return min(1.0, max(0.0, (busy - before[0]) / (whole - before[1])))

    def _read(self) -> tuple[int, int]:
        first = self._stat.read_text(encoding="ascii").partition("\n")[0]
        # user nice system idle iowait irq softirq steal; what follows is counted in user and nice already.
        numbers = [int(number) for number in first.split()[1:9]]
        idle = numbers[3] + numbers[4]
        return sum(numbers) - idle, sum(numbers)


def memory(proc: Path = PROC) -> Amount:
    """Return the memory of the machine; what the kernel can drop counts as free."""
    lines = (proc / "meminfo").read_text(encoding="ascii").splitlines()
    found = {name: int(rest.split()[0]) * KIB for name, _, rest in (line.partition(":") for line in lines)}
    return Amount(used=found["MemTotal"] - found["MemAvailable"], total=found["MemTotal"])


def disk(*places: str) -> Amount:
    """Return the disk of the first of these places that is there; what is kept for root counts as used."""
    place = next((each for each in places if each and os.path.isdir(each)), "/")  # noqa: PTH112  # "" is no Path
    found = shutil.disk_usage(place)
    return Amount(used=found.total - found.free, total=found.total)
