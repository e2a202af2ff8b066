"""The direction of imports, and that every folder takes part in it."""

import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from lab_sessions.transitions import as_mermaid

ROOT = Path(__file__).resolve().parent.parent
CONTRACT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]
APPS = {folder.name for folder in (ROOT / "platform").iterdir() if folder.is_dir() and folder.name != "__pycache__"}


def test_every_folder_is_in_the_contract():
    layers = {name.strip() for layer in CONTRACT["contracts"][0]["layers"] for name in layer.split("|")}

    assert set(CONTRACT["root_packages"]) == APPS
    assert layers == APPS


def test_imports_keep_the_contracts():
    result = subprocess.run(
        [sys.executable, "-c", "from importlinter.cli import lint_imports_command; lint_imports_command()"],
        cwd=ROOT,
        env={"PYTHONPATH": "platform", "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert result.returncode == 0, result.stdout + result.stderr


@pytest.mark.parametrize("app", sorted(APPS))
def test_architecture_page_names_every_app(app: str):
    page = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")

    assert f"`platform/{app}`" in page


def test_session_diagram_in_the_docs_is_the_table():
    page = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")

    assert as_mermaid() in page
