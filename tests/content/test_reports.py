"""Problems for people and for programs."""

import json
from pathlib import Path

from content.problems import Problem
from content.reports import as_sarif, as_text

PROBLEMS = (
    Problem("/labs/a/lab.yaml", 3, "Wrong.", "Mend it.", "yaml"),
    Problem("b.md", 1, "Missing.", "Write it.", "file"),
)


def test_people_read_lines():
    assert as_text(PROBLEMS) == "/labs/a/lab.yaml:3: Wrong. Mend it.\nb.md:1: Missing. Write it.\n2 problems found."
    assert as_text(PROBLEMS[:1]).endswith("\n1 problem found.")


def test_programs_read_sarif():
    run = json.loads(as_sarif(PROBLEMS, root=Path("/labs")))["runs"][0]

    assert run["tool"]["driver"]["rules"] == [{"id": "file"}, {"id": "yaml"}]
    assert run["results"][0] == {
        "ruleId": "yaml",
        "level": "error",
        "message": {"text": "Wrong. Mend it."},
        "locations": [
            {"physicalLocation": {"artifactLocation": {"uri": "a/lab.yaml"}, "region": {"startLine": 3}}},
        ],
    }
    assert run["results"][1]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "b.md"


def test_nothing_wrong_is_a_report_too():
    report = json.loads(as_sarif((), root=Path("/")))

    assert report["version"] == "2.1.0"
    assert report["runs"][0]["results"] == []
