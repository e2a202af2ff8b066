"""What an image may not bring along, whoever built it. Most of what it says of itself is overridden instead."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath
from typing import Any

# A working directory in one of these is opened while a container is made, partly as the host's root (CVE-2024-21626).
OF_THE_KERNEL = ("/proc", "/sys", "/dev")


def image_breaches(config: Mapping[str, Any]) -> Iterator[str]:
    """Every reason to refuse an image, from its `Config`, as a phrase for the log."""
    volumes = config.get("Volumes")
    if volumes:
        # The engine would make one anonymous volume for each: disk of the host without a limit.
        yield f"declares volumes: {', '.join(volumes)}"
    folder = PurePosixPath("/", str(config.get("WorkingDir") or "").lstrip("/"))
    if ".." in folder.parts or any(folder.is_relative_to(root) for root in OF_THE_KERNEL):
        yield f"works in {folder}"
