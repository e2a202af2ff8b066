"""Run the steps of set-up one after the other, say what each does, and stop with a sentence at the first that fails."""

import sys
import time
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TextIO

from tools.problems import Problem
from tools.workspace import Workspace


@dataclass(frozen=True)
class Step:
    """One step: idempotent, and cheap when nothing is left to do. `run` returns a few words on what it found or did."""

    name: str
    purpose: str
    run: Callable[[Workspace], str]


class Console:
    """Writes one line a step, and indented remarks below it while the step is at work."""

    def __init__(self, stream: TextIO | None = None) -> None:
        self._stream = stream or sys.stdout
        self._in_line = False

    def begin(self, text: str) -> None:
        """Start a line that `end` completes."""
        self._write(text)
        self._in_line = True

    def remark(self, text: str) -> None:
        """Say something below the line of the step at work."""
        self._write(("\n" if self._in_line else "") + f"         {text}\n")
        self._in_line = False

    def end(self, text: str) -> None:
        """Complete the line of the step."""
        self._write(f" {text}\n" if self._in_line else f"         {text}\n")
        self._in_line = False

    def _write(self, text: str) -> None:
        self._stream.write(text)
        self._stream.flush()


def run_steps(
    steps: Sequence[Step], workspace: Workspace, *, verbose: bool = False, console: Console | None = None
) -> bool:
    """Run all steps in order; stop at the first that fails. Returns whether all went well."""
    console = console or Console()
    workspace.say = console.remark
    for number, step in enumerate(steps, start=1):
        started = time.monotonic()
        console.begin(f"[{number:2}/{len(steps)}] {step.name}: {step.purpose} ...")
        try:
            outcome = step.run(workspace)
        except Problem as problem:
            console.end("failed")
            explain(problem, workspace, verbose=verbose)
            return False
        except OSError as error:
            console.end("failed")
            explain(_as_problem(error), workspace, verbose=verbose)
            return False
        console.end(f"{outcome} ({time.monotonic() - started:.1f} s)")
    return True


def explain(problem: Problem, workspace: Workspace, *, verbose: bool, stream: TextIO | None = None) -> None:
    """Print what is wrong and what to do; the traceback only for those who asked."""
    stream = stream or sys.stderr
    print(f"\n{problem.sentence}", file=stream)
    if problem.detail:
        print("".join(f"    | {line}\n" for line in problem.detail.splitlines()), end="", file=stream)
    print(f"What to do: {problem.mend}", file=stream)
    if problem.detail and workspace.log.is_file():
        print(f"The whole log: {workspace.log}", file=stream)
    if verbose:
        traceback.print_exception(problem, file=stream)


def _as_problem(error: OSError) -> Problem:
    problem = Problem(f"The system says: {error}.", "Mend that and run again; every step can be repeated.")
    problem.__cause__ = error
    return problem
