"""What reading one course depends on."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from content.diagrams import Diagrams


@dataclass(frozen=True)
class Settings:
    """Given once for a course."""

    course: Path
    """Its folder."""
    languages: tuple[str, ...]
    images: Path | None = None
    """Folder with one folder for each image; None: whether an image exists is not looked at."""
    diagrams: Diagrams = field(default_factory=Diagrams)
