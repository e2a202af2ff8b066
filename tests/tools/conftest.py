"""A clone of its own for every test of set-up."""

from pathlib import Path

import pytest

from tools.workspace import Workspace


@pytest.fixture
def remarks() -> list[str]:
    """What set-up said to the person in front of the screen."""
    return []


@pytest.fixture
def workspace(tmp_path: Path, remarks: list[str]) -> Workspace:
    """An empty clone with an empty environment."""
    return Workspace(root=tmp_path, environ={"PATH": "/usr/bin:/bin:/usr/sbin:/sbin"}, say=remarks.append)
