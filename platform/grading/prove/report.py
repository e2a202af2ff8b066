"""A proof in words: lines and tables for whoever writes labs, JUnit for machines."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator
from xml.etree import ElementTree  # written here, never read

from grading.checks import Outcome
from grading.expects.texts import clean
from grading.models import Verdict
from grading.prove.proof import RunResult
from grading.prove.runs import Trouble

LANGUAGE = "en"  # of everything that instructors read on a command line
COLUMN = 36  # characters; three of them beside the name of a check fit a window of 130
MAX_PRINTED = 12  # lines of what the steps printed; the last ones say what went wrong
SIGNS = {Verdict.PASS: "passes", Verdict.FAIL: "fails", Verdict.ERROR: "could not look"}


def as_text(result: RunResult) -> str:
    """Return one run in a line, and what was wrong below it."""
    if result.cached:
        return f"ok    {result.lab}: proved before, nothing has changed"
    sign = "WRONG" if result.troubles else "ok   "
    lines = [f"{sign} {result.lab}: {result.run} ({result.seconds:.1f} s)"]
    for trouble in result.troubles:
        lines.append("")
        lines += [f"  {line}" for line in _trouble(trouble)]
    return "\n".join(lines) + ("\n" if result.troubles else "")


def as_junit(results: Iterable[RunResult]) -> str:
    """Return all runs as JUnit's XML: a suite for each lab, a case for each run."""
    root = ElementTree.Element("testsuites", name="prove")
    suites: dict[str, ElementTree.Element] = {}
    for result in results:
        if result.lab not in suites:
            suites[result.lab] = ElementTree.SubElement(root, "testsuite", name=result.lab)
        case = ElementTree.SubElement(
            suites[result.lab], "testcase", classname=result.lab, name=result.run, time=f"{result.seconds:.3f}"
        )
        for trouble in result.troubles:
            failure = ElementTree.SubElement(case, "failure", message=clean(_headline(trouble)))
            failure.text = clean("\n".join(_trouble(trouble)))
    for suite in suites.values():
        cases = suite.findall("testcase")
        suite.set("tests", str(len(cases)))
        suite.set("failures", str(sum(case.find("failure") is not None for case in cases)))
    return ElementTree.tostring(root, encoding="unicode", xml_declaration=True)


def _headline(trouble: Trouble) -> str:
    return f"{trouble.task} {trouble.sentence}" if trouble.task else trouble.sentence


def _trouble(trouble: Trouble) -> Iterator[str]:
    yield _headline(trouble)
    if trouble.outcomes:
        yield from _table([["check", "expected", "found", "try"], *(_row(outcome) for outcome in trouble.outcomes)])
    if trouble.printed:
        yield "what the solution printed:"
        yield from (f"    {clean(line)}" for line in trouble.printed.splitlines()[-MAX_PRINTED:])


def _row(outcome: Outcome) -> list[str]:
    hidden = "(hidden)" if not outcome.expected and outcome.verdict == Verdict.FAIL else ""
    return [
        f"{outcome.kind}: {SIGNS[outcome.verdict]}",
        outcome.expected.get(LANGUAGE, hidden),
        outcome.found.get(LANGUAGE, hidden),
        outcome.hint.get(LANGUAGE, ""),
    ]


def _table(rows: list[list[str]]) -> Iterator[str]:
    """Yield the lines of a table whose cells are wrapped, so that it stays a table in any window."""
    wrapped = [[_wrap(cell) for cell in row] for row in rows]
    widths = [max(len(line) for row in wrapped for line in row[column]) for column in range(len(rows[0]))]
    for number, row in enumerate(wrapped):
        for line in range(max(len(cell) for cell in row)):
            parts = [cell[line] if line < len(cell) else "" for cell in row]
            yield "  ".join(part.ljust(width) for part, width in zip(parts, widths, strict=True)).rstrip()
        if number == 0:
            yield "  ".join("-" * width for width in widths)


def _wrap(cell: str) -> list[str]:
    lines = [piece for line in cell.split("\n") for piece in textwrap.wrap(line, COLUMN)]
    return lines or [""]
