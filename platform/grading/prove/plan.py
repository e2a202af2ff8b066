"""Which runs prove a lab. Plain values; `runs.py` carries them out.

A *run* is one fresh sandbox and a list of *turns*. A turn types the solution of one task, perhaps with steps left
out, and says what its checks must come to.

- The whole lab in its order: each task fails just before its solution and passes just after. For a solution of one
step this
  shows at once that the step cannot be left out.
- The lab in another order that `needs` allows: everything passes, or some need is not said.
- For each step of a longer solution: the tasks it needs, then the solution without that step; some check must fail.
- All steps that are marked inert left out together: everything must pass all the same.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from content.documents import LabDocument, TaskDocument

MAX_INERT_SHARE = 10  # one step in so many may be inert; more, and the solutions show things that nobody checks


@dataclass(frozen=True, kw_only=True)
class Turn:
    """One task's solution, typed as far as it is, and what is expected of its checks."""

    task: TaskDocument
    left_out: frozenset[int] = frozenset()
    """Steps that are not typed, by their place."""
    fails_before: bool = False
    """Whether some check must fail before the first step."""
    passes_after: bool = True
    """Whether all checks must pass after the last step; if not, some check must fail."""


@dataclass(frozen=True, kw_only=True)
class Run:
    """What is done in one sandbox."""

    name: str
    turns: tuple[Turn, ...]
    holds_after: bool = False
    """Whether checks that must hold are looked at again at the end."""


def runs_of(lab: LabDocument) -> list[Run]:
    """Return the runs that prove a lab."""
    whole = tuple(Turn(task=task, fails_before=True) for task in lab.tasks)
    return [
        Run(name="whole lab", turns=whole, holds_after=True),
        *_in_another_order(lab),
        *_without_inert(lab),
        *(run for task in lab.tasks for run in _without_each_step(lab, task)),
    ]


def faults_of(lab: LabDocument) -> Iterator[str]:
    """Yield what is wrong with a lab's solutions without running anything."""
    steps = [step for task in lab.tasks for step in task.solution]
    inert = sum(bool(step.inert) for step in steps)
    allowed = max(1, len(steps) // MAX_INERT_SHARE)
    if inert > allowed:
        mend = "Check what they do, or leave them out."
        yield f"{inert} of {len(steps)} steps are marked inert; at most {allowed} may be. {mend}"
    for task in lab.tasks:
        answers = any(step.answer for step in task.solution)
        if any(expect.kind == "answer" for expect in task.expect) and not answers:
            yield f"{task.slug}: a check asks for an answer, but no step of the solution has `answer: true`."
        if all(step.inert for step in task.solution):
            yield f"{task.slug}: all steps of the solution are marked inert, so nothing does the task."


def _in_another_order(lab: LabDocument) -> Iterator[Run]:
    """Each task as late as those that need it allow: any two tasks change places that may, so a missing need shows."""
    order: list[TaskDocument] = []
    waiting = list(lab.tasks)
    while waiting:
        done = {task.slug for task in order}
        task = [each for each in waiting if done.issuperset(each.needs)][-1]
        waiting.remove(task)
        order.append(task)
    if order != list(lab.tasks):
        yield Run(name="in another order", turns=tuple(Turn(task=task) for task in order))


def _without_inert(lab: LabDocument) -> Iterator[Run]:
    turns = []
    for task in lab.tasks:
        inert = frozenset(number for number, step in enumerate(task.solution) if step.inert)
        turns.append(Turn(task=task, left_out=inert))
    if any(turn.left_out for turn in turns):
        yield Run(name="without inert steps", turns=tuple(turns))


def _without_each_step(lab: LabDocument, task: TaskDocument) -> Iterator[Run]:
    needed = needed_before(lab, task)
    if len(task.solution) < 2:
        return
    for number, step in enumerate(task.solution):
        if not step.inert:
            last = Turn(task=task, left_out=frozenset({number}), passes_after=False)
            before = tuple(Turn(task=each) for each in needed)
            yield Run(name=f"{task.slug} without step {number + 1}", turns=(*before, last))


def needed_before(lab: LabDocument, task: TaskDocument) -> list[TaskDocument]:
    """Return the tasks that have to be done before one, directly or not, in the lab's order."""
    by_slug = {each.slug: each for each in lab.tasks}
    needed: set[str] = set()
    waiting = list(task.needs)
    while waiting:
        slug = waiting.pop()
        if slug not in needed:
            needed.add(slug)
            waiting.extend(by_slug[slug].needs)
    return [each for each in lab.tasks if each.slug in needed]
