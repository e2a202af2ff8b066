"""A task's checks together."""

from decimal import Decimal

import pytest
from factories import task_document

from content.documents import ExpectDocument, TryCase, ValueSpec
from grading import checks
from grading.checks import Outcome
from grading.expects import KINDS
from grading.models import Verdict
from sandboxes.agent_client import AgentUnavailable
from tests.grading.example import TASKS, VALUES


def outcome(verdict: Verdict, weight: int = 1) -> Outcome:
    return Outcome(kind="file", level="practice", verdict=verdict, weight=weight)


def test_values_are_filled_into_checks_and_hints(home, look):
    (home / "note.txt").write_text("faro\n")

    [there, content] = checks.run_checks(TASKS[0], VALUES, look(values={"word": "boya"}))

    assert (there.verdict, content.verdict) == (Verdict.PASS, Verdict.FAIL)
    assert content.expected["en"] == "The content of `note.txt` contains `boya`"
    assert content.hint == {"es": "Falta `boya`.", "en": "`boya` is missing."}


def test_the_first_case_that_fits_is_said(look):
    outcomes = checks.run_checks(TASKS[0], VALUES, look(values={"word": "boya"}))

    assert outcomes[1].hint["en"] == "Make the file."


def test_values_reach_scripts_as_environment_only(home, look):
    source = 'echo "$word"; [ "$word" = boya ] && [ "${word}" != "faro" ]'
    expect = ExpectDocument(kind="script", arguments={"file": "checks/a.sh", "expected": {"es": "x"}, "source": source})

    result = checks.run_check(expect, VALUES, look(values={"word": "boya"}))

    assert result.verdict == Verdict.PASS


def test_a_number_is_compared_as_one(home, look):
    (home / "size").write_text("8081")
    specs = (ValueSpec(name="port", kind="int", minimum=1, maximum=9999),)
    expect = ExpectDocument(kind="file", arguments={"path": "size", "min": "${port}"})

    assert checks.run_check(expect, specs, look(values={"port": "8081"})).verdict == Verdict.PASS
    assert checks.run_check(expect, specs, look(values={"port": "8082"})).verdict == Verdict.FAIL


def test_what_would_give_the_answer_away_is_not_shown(look):
    expect = ExpectDocument(
        kind="answer",
        arguments={"equals": "secret"},
        hide=True,
        tries=(TryCase(text={"es": "Mira otra vez.", "en": "Look again."}),),
    )

    result = checks.run_check(expect, (), look(answer="guess"))

    assert (result.expected, result.found) == ({}, {})
    assert result.hint["en"] == "Look again."


def test_hints_on_answers_do_not_mind_capitals(look):
    expect = ExpectDocument(
        kind="answer",
        arguments={"equals": "192"},
        tries=(TryCase(text={"es": "Solo el número."}, when={"matches": "mib$"}), TryCase(text={"es": "No."})),
    )

    assert checks.run_check(expect, (), look(answer="192 MiB")).hint["en"] == "Solo el número."


def test_with_only_pass_the_first_fail_ends_it(look):
    assert len(checks.run_checks(TASKS[0], VALUES, look(), only_pass=True)) == 1


def test_with_only_holds_the_others_are_left_out(home, look):
    task = task_document(
        expect=(
            ExpectDocument(kind="file", arguments={"path": "a"}),
            ExpectDocument(kind="file", arguments={"path": "b"}, holds=True),
        )
    )

    [only] = checks.run_checks(task, (), look(), only_holds=True)

    assert only.expected["en"] == "`b` exists"


def test_a_sandbox_that_does_not_answer_is_an_error_and_no_fail(look, monkeypatch):
    view = look()

    def gone(*args, **kwargs):
        raise AgentUnavailable("nobody is there")

    monkeypatch.setattr(view.probe._agent, "run", gone)

    result = checks.run_check(TASKS[0].expect[0], (), view)

    assert result.verdict == Verdict.ERROR
    assert result.transient
    assert result.found["en"] == "Your lab did not answer. Check again in a moment."


def test_a_mistake_in_a_kind_costs_one_check(look, monkeypatch, caplog):
    def broken(arguments, view):
        raise ZeroDivisionError

    monkeypatch.setattr(KINDS["file"], "gather", broken)

    result = checks.run_check(TASKS[0].expect[0], (), look())

    assert result.verdict == Verdict.ERROR
    assert not result.transient
    assert "broke" in caplog.text


def test_the_time_of_all_checks_together_is_limited(look):
    result = checks.run_check(TASKS[0].expect[0], (), look(seconds=-1))

    assert result.verdict == Verdict.ERROR


@pytest.mark.parametrize(
    ("verdicts", "together"),
    [
        ("pass pass", "pass"),
        ("pass fail", "fail"),
        ("error fail", "fail"),
        ("pass error", "error"),
    ],
)
def test_a_fail_that_was_seen_is_one(verdicts, together):
    assert checks.verdict_of([outcome(Verdict(verdict)) for verdict in verdicts.split()]) == together


@pytest.mark.parametrize(
    ("outcomes", "points"),
    [
        ([outcome(Verdict.PASS, 1), outcome(Verdict.FAIL, 3)], "1.00"),
        ([outcome(Verdict.PASS, 1), outcome(Verdict.FAIL, 2)], "1.33"),
        ([outcome(Verdict.PASS, 1), outcome(Verdict.PASS, 2)], "4.00"),
        ([outcome(Verdict.ERROR), outcome(Verdict.FAIL)], "0.00"),
        ([], "0"),
    ],
)
def test_points_go_by_weight(outcomes, points):
    assert checks.points_of(outcomes, 4) == Decimal(points)


@pytest.mark.parametrize(
    ("expect", "needed"),
    [
        (ExpectDocument(kind="answer", arguments={"equals": "x"}), True),
        (ExpectDocument(kind="script", arguments={"source": 'test "${ANSWER}" = 1'}), True),
        (ExpectDocument(kind="script", arguments={"source": "test -e x"}), False),
        (ExpectDocument(kind="file", arguments={"path": "x"}), False),
    ],
)
def test_tasks_that_ask_for_an_answer_are_known(expect, needed):
    assert checks.needs_answer(task_document(expect=(expect,))) is needed


def test_evidence_that_would_fill_the_database_is_not_kept(home, look):
    (home / "long").write_text("\x01" * 60_000)

    result = checks.run_check(ExpectDocument(kind="file", arguments={"path": "long"}), (), look())

    assert list(result.evidence) == ["omitted"]


def test_each_check_draws_a_challenge_and_keeps_it_with_its_evidence(look):
    asked = ExpectDocument(kind="command", arguments={"argv": ["echo", "${challenge}"], "stdout": "${challenge}"})
    silent = ExpectDocument(kind="command", arguments={"argv": ["true"]})

    first, second = (checks.run_check(asked, (), look()) for _time in range(2))

    assert (first.verdict, second.verdict) == (Verdict.PASS, Verdict.PASS)
    assert first.evidence["challenge"] != second.evidence["challenge"]
    assert first.evidence["stdout"].strip() == first.evidence["challenge"]
    assert checks.judge_evidence(asked, (), {}, first.evidence).verdict == Verdict.PASS
    assert checks.judge_evidence(asked, (), {}, {**first.evidence, "challenge": "0"}).verdict == Verdict.FAIL
    assert "challenge" not in checks.run_check(silent, (), look()).evidence


def test_a_script_has_its_challenge_in_its_environment(look):
    arguments = {"file": "c.sh", "expected": {"en": "x"}, "source": "echo $CHALLENGE"}
    drawn = {
        checks.run_check(ExpectDocument(kind="script", arguments=arguments), (), look()).evidence["stdout"]
        for _ in "ab"
    }

    assert len(drawn) == 2
    assert all(len(each.strip()) == 16 for each in drawn)
