"""What a sandbox may use. Plain Python."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Self

MIB = 1024 * 1024
GIB = 1024 * MIB


@dataclass(frozen=True, kw_only=True)
class Limits:
    """What one sandbox may use. The defaults suit a shell lesson; a profile says how far each may be raised."""

    memory_bytes: int = 512 * MIB
    """All memory, tmpfs and page cache included; there is no swap beyond it."""
    cpus: float = 1.0
    """Processor time, in whole processors."""
    pids: int = 256
    """Processes and threads together."""
    disk_bytes: int = 64 * MIB
    """What fits into the home directory. Where home is a tmpfs this counts as memory too."""

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> Self:
        """What is not named keeps its default. Raises TypeError for a limit that does not exist."""
        return cls(**document)
