"""Carrying out one run: a fresh sandbox, somebody who types, checks that look."""

from __future__ import annotations

import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta

from content.documents import LabDocument, TaskDocument
from content.values import draw, substitute
from grading import checks
from grading.checks import Outcome
from grading.looking import view_into
from grading.models import Verdict
from grading.prove.plan import Run, Turn
from grading.prove.typist import CannotType, Typist
from lab_sessions.environments import environment_for
from sandboxes.agent_client import login_shell
from sandboxes.lifecycle import destroy_sandbox, make_sandbox, profile_of, socket_path_of
from sandboxes.models import Sandbox

HOLD = timedelta(minutes=30)  # a lab that takes longer is too long to be proved; then the sandbox is an orphan
CHECKS_TIMEOUT = 30.0  # seconds that all checks of a task may take together
SETTLE = (0.0, 0.2, 0.3, 0.5, 1.0, 2.0, 4.0)  # seconds between looks after a solution: what it began takes a moment
SETTLE_UNDONE = (0.0, 0.3, 0.7)  # the same where a step was left out, so that nothing should come of it
AT_ONCE = (0.0,)


@dataclass(frozen=True, kw_only=True)
class Trouble:
    """Something that a proof found wrong."""

    task: str
    sentence: str
    outcomes: tuple[Outcome, ...] = ()
    """What the checks said, where that explains it."""
    printed: str = ""
    """What the steps printed, where that explains it."""


class CannotGoOn(Exception):
    """The rest of a run makes no sense without this."""

    def __init__(self, trouble: Trouble) -> None:
        super().__init__(trouble.sentence)
        self.trouble = trouble


def carry_out(lab: LabDocument, run: Run) -> list[Trouble]:
    """Do a run in a sandbox of its own and return what was wrong. Raises RuntimeFault."""
    with _sandbox(lab) as sandbox:
        typist = Typist(socket_path_of(sandbox), shell=login_shell(profile_of(sandbox).environment))
        try:
            typist.begin()
        except CannotType as error:
            return [Trouble(task="", sentence=f"no shell could be started: {error}")]
        troubles: list[Trouble] = []
        try:
            for turn in run.turns:
                troubles.extend(_take(lab, sandbox, typist, turn))
        except CannotGoOn as stopped:
            return [*troubles, stopped.trouble]
        if run.holds_after and not troubles:
            troubles.extend(_look_at_the_end(lab, sandbox, run))
        return troubles


@contextmanager
def _sandbox(lab: LabDocument) -> Iterator[Sandbox]:
    """Make a sandbox as a session has it, and take it away whatever happens."""
    seed = secrets.token_hex(16)
    values = draw(seed, lab.values)
    sandbox = make_sandbox(environment_for(lab), seed=seed, values=values, files=lab.files, hold=HOLD)
    try:
        yield sandbox
    finally:
        destroy_sandbox(sandbox, reason="proved")


def _take(lab: LabDocument, sandbox: Sandbox, typist: Typist, turn: Turn) -> Iterator[Trouble]:
    task = turn.task
    if turn.fails_before:
        # An answer that nobody would give: it must not be what makes the checks pass.
        outcomes = _look(lab, sandbox, task, f"wrong-{secrets.token_hex(4)}", until_pass=AT_ONCE)
        yield from _unless_failed(task, outcomes, "passes before its solution", "")
    answer, printed = _type_solution(sandbox, typist, turn)
    if turn.passes_after:
        outcomes = _look(lab, sandbox, task, answer, until_pass=SETTLE)
        if checks.verdict_of(outcomes) != Verdict.PASS:
            sentence = "does not pass after its solution"
            yield Trouble(task=task.slug, sentence=sentence, outcomes=tuple(outcomes), printed=printed)
    else:
        steps = ", ".join(str(number + 1) for number in sorted(turn.left_out))
        outcomes = _look(lab, sandbox, task, answer, until_pass=SETTLE_UNDONE)
        yield from _unless_failed(task, outcomes, f"passes without step {steps} of its solution", printed)


def _type_solution(sandbox: Sandbox, typist: Typist, turn: Turn) -> tuple[str, str]:
    """Type every step that is not left out; return the answer, empty without one, and what was printed."""
    answer, printed = "", ""
    for number, step in enumerate(turn.task.solution):
        if number in turn.left_out:
            continue
        line = substitute(step.run, sandbox.values)
        try:
            typed = typist.type(line, timeout=step.timeout)
        except CannotType as error:
            sentence = f"step {number + 1} of its solution came to no end: {error}"
            trouble = Trouble(task=turn.task.slug, sentence=sentence, printed=f"{printed}$ {line}")
            raise CannotGoOn(trouble) from error
        printed += f"$ {line}\n{typed.output}"
        if step.answer:
            answer = typed.last_line
    return answer, printed


def _look(
    lab: LabDocument,
    sandbox: Sandbox,
    task: TaskDocument,
    answer: str,
    *,
    until_pass: tuple[float, ...],
    only_holds: bool = False,
) -> list[Outcome]:
    """Run a task's checks after each of some pauses until they pass; return what they said last."""
    outcomes: list[Outcome] = []
    for pause in until_pass:
        time.sleep(pause)
        view = view_into(sandbox, seconds=CHECKS_TIMEOUT, answer=answer)
        outcomes = checks.run_checks(task, lab.values, view, only_holds=only_holds)
        if checks.verdict_of(outcomes) == Verdict.PASS:
            break
    return outcomes


def _unless_failed(task: TaskDocument, outcomes: list[Outcome], passed: str, printed: str) -> Iterator[Trouble]:
    verdict = checks.verdict_of(outcomes)
    if verdict != Verdict.FAIL:
        sentence = passed if verdict == Verdict.PASS else "could not be looked at"
        yield Trouble(task=task.slug, sentence=sentence, outcomes=tuple(outcomes), printed=printed)


def _look_at_the_end(lab: LabDocument, sandbox: Sandbox, run: Run) -> Iterator[Trouble]:
    for turn in run.turns:
        outcomes = _look(lab, sandbox, turn.task, "", until_pass=SETTLE_UNDONE, only_holds=True)
        if checks.verdict_of(outcomes) != Verdict.PASS:
            sentence = "does not hold any more when the whole lab is solved"
            yield Trouble(task=turn.task.slug, sentence=sentence, outcomes=tuple(outcomes))
