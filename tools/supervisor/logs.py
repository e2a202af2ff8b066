"""Logs that cannot fill the disk."""

from pathlib import Path
from typing import BinaryIO

# With one older file beside it, a day of a busy class at level INFO.
MOST_BYTES = 10 * 1024 * 1024


class BoundedLog:
    """A log file that is put aside as `<name>.1` when it is full, replacing the one put aside before."""

    def __init__(self, path: Path, most_bytes: int = MOST_BYTES) -> None:
        self._path = path
        self._most_bytes = most_bytes
        self._stream = self._open()

    def write(self, line: bytes) -> None:
        """Append one line and let readers see it at once."""
        if self._stream.tell() + len(line) > self._most_bytes:
            self._stream.close()
            self._path.replace(self._path.with_name(f"{self._path.name}.1"))
            self._stream = self._open()
        self._stream.write(line)

    def close(self) -> None:
        """Close the file."""
        self._stream.close()

    def _open(self) -> BinaryIO:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        stream = self._path.open("ab", buffering=0)
        stream.seek(0, 2)
        return stream
