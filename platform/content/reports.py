"""Problems as people read them, and as code hosts and editors do (SARIF)."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from content.problems import Problem

SARIF_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"


def as_text(problems: Sequence[Problem]) -> str:
    """One line a problem, as compilers write them, and how many there are."""
    count = "1 problem" if len(problems) == 1 else f"{len(problems)} problems"
    return "\n".join([*(str(problem) for problem in problems), f"{count} found."])


def as_sarif(problems: Sequence[Problem], *, root: Path) -> str:
    """SARIF 2.1.0; paths are relative to `root` where they are below it."""
    rules = sorted({problem.rule for problem in problems})
    run: dict[str, Any] = {
        "tool": {"driver": {"name": "check_content", "rules": [{"id": rule} for rule in rules]}},
        "results": [_result(problem, root) for problem in problems],
    }
    return json.dumps({"$schema": SARIF_SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2)


def _result(problem: Problem, root: Path) -> dict[str, Any]:
    path = Path(problem.file)
    if path.is_absolute() and path.is_relative_to(root):
        path = path.relative_to(root)
    location = {"artifactLocation": {"uri": path.as_posix()}, "region": {"startLine": problem.line}}
    return {
        "ruleId": problem.rule,
        "level": "error",
        "message": {"text": f"{problem.message} {problem.mend}"},
        "locations": [{"physicalLocation": location}],
    }
