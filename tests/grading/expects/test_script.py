"""`script`: an author's script, in the trusted shell."""

import pytest

from grading.expects import script
from grading.expects.errors import CouldNotLook

EXPECTED = {"es": "Hay una nota.", "en": "There is a note."}


@pytest.fixture
def judged(look):
    def judge(source, *, values=None, answer="", **arguments):
        arguments = {"file": "checks/x.sh", "expected": EXPECTED, "source": source, **arguments}
        return script.judge(arguments, script.gather(arguments, look(values=values, answer=answer)))

    return judge


@pytest.mark.parametrize(
    ("source", "passes"),
    [("exit 0", True), ("exit 1", False), ("echo 3; [ 3 -gt 2 ]", True), ("[ -e note ]\n", False), ("", True)],
)
def test_its_exit_status_decides(judged, home, source, passes):
    assert judged(source).passed is passes


@pytest.mark.parametrize("source", ["exit 2", "exit 127", "no-such-command", "kill -9 $$", "if", "( unclosed"])
def test_anything_else_means_that_nobody_looked(judged, source):
    with pytest.raises(CouldNotLook):
        judged(source)


def test_it_gets_values_and_the_answer_as_environment(judged):
    source = 'echo "$clave|$ANSWER"; [ "$ANSWER" = "$clave" ]'

    finding = judged(source, values={"clave": "a1"}, answer="a1; touch x")

    assert not finding.passed
    assert finding.observed == "a1|a1; touch x"


def test_what_it_prints_is_what_was_found(judged):
    finding = judged("echo oom_kill 0; exit 1")

    assert finding.aspects[0].expected == EXPECTED
    assert finding.aspects[0].found["es"] == "`oom_kill 0`"


def test_what_prints_nothing_finds_nothing(judged):
    finding = judged("exit 1")

    assert finding.observed is None
    assert finding.aspects[0].found["en"] == "It is not so yet"


def test_its_text_is_not_on_a_command_line_and_not_on_its_standard_input(judged, home):
    finding = judged("tr '\\0' ' ' </proc/$$/cmdline; cat; echo end # secret-word")

    assert "secret-word" not in finding.observed
    assert finding.observed.endswith("end")


def test_learners_programs_do_not_stand_in_for_the_tools(judged, home):
    for name in ("grep", "cat", "test", "["):
        (home / name).write_text("#!/bin/sh\nexit 0\n")
        (home / name).chmod(0o755)

    assert not judged("grep -q needle /etc/passwd && exit 0; exit 1").passed


def test_it_may_not_take_longer_than_its_author_said(judged):
    with pytest.raises(CouldNotLook) as caught:
        judged("while :; do :; done", timeout=1)

    assert caught.value.transient


def test_endless_output_is_cut_and_the_status_still_counts(judged):
    finding = judged("head -c 10000000 /dev/zero | tr '\\0' a; exit 1")

    assert not finding.passed
    assert len(finding.observed) <= 16_384
