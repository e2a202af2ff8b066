"""A proof in words."""

from xml.etree import ElementTree

from grading.checks import Outcome
from grading.models import Verdict
from grading.prove.proof import RunResult
from grading.prove.report import as_junit, as_text
from grading.prove.runs import Trouble

FINE = RunResult(lab="c/ch/l", run="whole lab", seconds=5.64)
WRONG = RunResult(
    lab="c/ch/l",
    run="a without step 2",
    seconds=1,
    troubles=(
        Trouble(
            task="a",
            sentence="passes without step 2 of its solution",
            outcomes=(
                Outcome(
                    kind="file",
                    level="practice",
                    verdict=Verdict.FAIL,
                    weight=1,
                    expected={"es": "-", "en": "The content of `note.txt` contains `a rather long piece of text`"},
                    found={"es": "-", "en": "`note.txt` does not exist"},
                    hint={"es": "-", "en": "Make it."},
                ),
                Outcome(kind="answer", level="practice", verdict=Verdict.FAIL, weight=1),
                Outcome(kind="script", level="practice", verdict=Verdict.ERROR, weight=1, found={"en": "No idea."}),
            ),
            printed="$ touch \x1b[31mnote\n" + "line\n" * 30,
        ),
        Trouble(task="", sentence="no shell could be started"),
    ),
)


def test_what_is_fine_is_one_line():
    assert as_text(FINE) == "ok    c/ch/l: whole lab (5.6 s)"
    assert "nothing has changed" in as_text(RunResult(lab="c/ch/l", run="", seconds=0, cached=True))


def test_what_is_wrong_is_a_table():
    lines = as_text(WRONG).splitlines()

    assert lines[0] == "WRONG c/ch/l: a without step 2 (1.0 s)"
    assert lines[2] == "  a passes without step 2 of its solution"
    assert [cell.strip() for cell in lines[3].split("  ") if cell] == ["check", "expected", "found", "try"]
    assert "file: fails" in lines[5]
    assert "Make it." in lines[5]
    assert any("(hidden)" in line for line in lines)
    assert any("script: could not look" in line for line in lines)
    assert max(map(len, lines)) <= 140


def test_what_was_printed_is_cut_and_harmless():
    text = as_text(WRONG)

    assert text.count("    line") == 12
    assert "\x1b" not in text


def test_machines_get_junit():
    root = ElementTree.fromstring(as_junit([FINE, WRONG]))

    [suite] = root.findall("testsuite")
    assert (suite.get("name"), suite.get("tests"), suite.get("failures")) == ("c/ch/l", "2", "1")
    fine, wrong = suite.findall("testcase")
    assert fine.find("failure") is None
    assert [failure.get("message") for failure in wrong.findall("failure")] == [
        "a passes without step 2 of its solution",
        "no shell could be started",
    ]
