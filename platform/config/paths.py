"""Where a clone keeps what it makes for itself, and what its set-up found out.

`tools/` writes `.muelle/env` before Django ever starts; settings read it, the real environment wins over it.
"""

import os
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
STATE = Path(os.environ.get("MUELLE_STATE", ROOT / ".muelle"))


def read_state(name: str, default: str = "") -> str:
    """Return the stripped text of one file of the state directory, or `default` where it does not exist."""
    path = STATE / name
    return path.read_text(encoding="utf-8").strip() if path.is_file() else default


def read_version() -> str:
    """Return the version in the first numbered heading of CHANGELOG.md."""
    found = re.search(r"^## (\d+\.\d+\.\d+)", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)
    if not found:
        raise ValueError("CHANGELOG.md has no heading like '## 1.2.3'; the version is read from it.")
    return found[1]
