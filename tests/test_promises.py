"""Each promise of docs/promises.md names a test that exists."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PROMISES = [
    line for line in (ROOT / "docs" / "promises.md").read_text(encoding="utf-8").splitlines() if line.startswith("| ")
]
ROWS = [line for line in PROMISES if not line.startswith("| promise ")]
NAMED = re.compile(r"\| `(tests/[\w/]+\.py)::(test_\w+)` \|$")


def names_in(path: Path) -> set[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return {node.name for node in ast.walk(tree) if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))}


@pytest.mark.parametrize("row", ROWS, ids=[row[2:42] for row in ROWS])
def test_a_promise_has_a_figure_and_a_test(row: str) -> None:
    found = NAMED.search(row)

    assert found, "It ends with `tests/FILE.py::test_NAME`."
    path, name = found.groups()
    assert name in names_in(ROOT / path)
    assert len(row.split(" | ")) == 3


def test_there_are_promises() -> None:
    assert len(ROWS) > 30
