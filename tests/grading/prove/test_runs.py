"""Runs, typed into a real shell and looked at by real checks; only the container is missing."""

import contextlib
from dataclasses import replace
from types import SimpleNamespace

import pytest
from factories import lab_document, task_document

from content.documents import ExpectDocument, StepDocument, ValueSpec
from grading.expects.base import View
from grading.expects.probe import Probe
from grading.models import Verdict
from grading.prove import runs
from grading.prove.plan import runs_of
from grading.prove.typist import Typist
from sandboxes.runtimes.profiles import STANDARD
from tests.contract.agent_process import AgentProcess


@pytest.fixture
def prove(agent_binary, learner, busybox, monkeypatch):
    """Carry out all runs of a lab, each with an agent of its own; return what was wrong by the run's name."""
    current = SimpleNamespace()

    @contextlib.contextmanager
    def sandbox(lab):
        with AgentProcess(agent_binary, uid=learner) as agent:
            current.agent = agent
            yield SimpleNamespace(values={"word": "boya"})

    def view_into(given, *, seconds, answer=""):
        probe = Probe(current.agent.client, seconds=seconds, busybox=busybox, home=str(current.agent.home))
        return View(probe=probe, values=given.values, answer=answer)

    monkeypatch.setattr(runs, "_sandbox", sandbox)
    monkeypatch.setattr(runs, "socket_path_of", lambda given: current.agent.socket)
    monkeypatch.setattr(runs, "profile_of", lambda given: STANDARD)
    monkeypatch.setattr(
        runs, "Typist", lambda path, shell: Typist(path, shell=replace(shell, cwd=str(current.agent.home)))
    )
    monkeypatch.setattr(runs, "view_into", view_into)
    monkeypatch.setattr(runs, "SETTLE", (0.0, 0.1, 0.3))

    def carry_out_all(*tasks):
        lab = lab_document(tasks=tasks, values=(ValueSpec(name="word", kind="choice", choices=("boya", "faro")),))
        return {run.name: runs.carry_out(lab, run) for run in runs_of(lab)}

    return carry_out_all


def task(slug, expect, *steps, **changes):
    solution = tuple(step if isinstance(step, StepDocument) else StepDocument(run=step) for step in steps)
    expect = expect if isinstance(expect, tuple) else (expect,)
    return task_document(slug, expect=expect, solution=solution, **changes)


def file(path, *, holds=False, **arguments):
    return ExpectDocument(kind="file", arguments={"path": path, **arguments}, holds=holds)


def asks(**arguments):
    return ExpectDocument(kind="answer", arguments=arguments)


def test_a_sound_lab_shows_nothing_wrong(prove):
    found = prove(
        task("write", (file("a", contains="${word}", holds=True), file("b")), "echo ${word} > a", "touch b"),
        task(
            "read",
            asks(equals="${word}"),
            StepDocument(run="ls", inert="only looks"),
            StepDocument(run="cat a", answer=True),
            needs=("write",),
        ),
    )

    assert found == {
        "whole lab": [],
        "without inert steps": [],
        "write without step 1": [],
        "write without step 2": [],
        "read without step 2": [],
    }


def test_a_check_that_passes_by_itself_is_found(prove):
    [trouble] = prove(task("write", file("/etc/passwd"), "touch a"))["whole lab"]

    assert (trouble.task, trouble.sentence) == ("write", "passes before its solution")
    assert trouble.outcomes[0].verdict == Verdict.PASS


def test_a_question_that_takes_any_answer_is_found(prove):
    any_answer = asks(matches=".")
    [trouble] = prove(task("say", any_answer, StepDocument(run="echo x", answer=True)))["whole lab"]

    assert trouble.sentence == "passes before its solution"


def test_a_solution_that_does_not_solve_is_found_and_explained(prove):
    [trouble] = prove(task("write", file("a", contains="${word}"), "echo wrong > a"))["whole lab"]

    assert trouble.sentence == "does not pass after its solution"
    assert trouble.outcomes[0].found["en"] == "The content of `a` is `wrong`"
    assert trouble.printed == "$ echo wrong > a\n"


def test_what_takes_a_moment_is_waited_for(prove):
    assert prove(task("write", file("a"), "(sleep 0.2; touch a) &")) == {"whole lab": []}


def test_a_step_that_nobody_checks_is_found(prove):
    found = prove(task("write", file("a"), "touch a", "touch b"))

    assert found["write without step 1"] == []
    [trouble] = found["write without step 2"]
    assert trouble.sentence == "passes without step 2 of its solution"


def test_a_step_that_is_called_inert_and_is_not_is_found(prove):
    found = prove(task("write", (file("a"), file("b")), "touch a", StepDocument(run="touch b", inert="does nothing")))

    [trouble] = found["without inert steps"]
    assert trouble.sentence == "does not pass after its solution"


def test_a_need_that_is_not_said_is_found(prove):
    found = prove(
        task("first", file("d", type="directory"), "mkdir d"),
        task("second", file("d/a"), "touch d/a"),
    )

    assert found["whole lab"] == []
    [trouble] = found["in another order"]
    assert (trouble.task, trouble.sentence) == ("second", "does not pass after its solution")
    assert "No such file or directory" in trouble.printed


def test_what_must_hold_is_looked_at_again_at_the_end(prove):
    found = prove(
        task("make", file("a", holds=True), "touch a"),
        task("move", file("b"), "mv a b", needs=("make",)),
    )

    [trouble] = found["whole lab"]
    assert (trouble.task, trouble.sentence) == ("make", "does not hold any more when the whole lab is solved")


def test_what_need_not_hold_may_be_undone(prove):
    found = prove(task("make", file("a"), "touch a"), task("move", file("b"), "mv a b", needs=("make",)))

    assert found == {"whole lab": []}


def test_a_step_that_does_not_end_is_found_and_ends_the_run(prove):
    found = prove(
        task("wait", file("a"), StepDocument(run="cat", timeout=1)),
        task("never", file("b"), "touch b"),
    )

    [trouble] = found["whole lab"]
    assert trouble.sentence == "step 1 of its solution came to no end: there was no prompt within 1 s"
    assert trouble.printed == "$ cat"


def test_a_check_that_cannot_look_is_found(prove):
    broken = ExpectDocument(kind="script", arguments={"file": "c.sh", "expected": {"es": "x"}, "source": "exit 5"})
    sentences = [trouble.sentence for trouble in prove(task("look", broken, "touch a"))["whole lab"]]

    assert sentences == ["could not be looked at", "does not pass after its solution"]


def test_a_sandbox_without_a_shell_is_said(prove, monkeypatch):
    monkeypatch.setattr(runs, "Typist", lambda path, shell: Typist(path, shell=replace(shell, argv=("/bin/false",))))

    [trouble] = prove(task("write", file("a"), "touch a"))["whole lab"]

    assert trouble.sentence == "no shell could be started: the shell ended"
