"""A folder in which something is put together before the mirror gets it."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tools.mirror import places


@contextmanager
def staging_folder(prefix: str) -> Iterator[Path]:
    """An empty folder that containers may write to, gone at the end. prefix: begins its name."""
    # Beside the state, since /tmp may be a small file system in memory.
    with tempfile.TemporaryDirectory(dir=places.state_folder(), prefix=f"{prefix}-") as folder:
        # The container's user writes here what it fetches; the folder above lets nobody else in.
        Path(folder).chmod(0o777)
        yield Path(folder)
