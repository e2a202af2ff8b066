"""The step that compiles translations."""

import os
from pathlib import Path

import pytest

from tools.steps import messages
from tools.workspace import Workspace

CATALOGUE = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n\nmsgid "pier"\nmsgstr "muelle"\n'


@pytest.fixture
def catalogue(tmp_path: Path) -> Path:
    folder = tmp_path / "locale/es/LC_MESSAGES"
    folder.mkdir(parents=True)
    (folder / "django.po").write_text(CATALOGUE)
    return folder / "django.po"


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace(root=tmp_path, environ=dict(os.environ))


def test_what_changed_is_compiled_once(catalogue: Path, workspace: Workspace) -> None:
    assert messages.run(workspace) == "compiled 1"
    assert b"muelle" in catalogue.with_suffix(".mo").read_bytes()

    assert messages.run(workspace) == "up to date"


def test_what_a_power_cut_left_empty_is_compiled_again(catalogue: Path, workspace: Workspace) -> None:
    catalogue.with_suffix(".mo").touch()

    assert messages.run(workspace) == "compiled 1"
    assert b"muelle" in catalogue.with_suffix(".mo").read_bytes()
