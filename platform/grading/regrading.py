"""Judging submissions again, by corrected checks, from the evidence that was kept.

What a check looked at then is what it is judged by now; where a correction looks somewhere else, the old evidence says
nothing about it, and the submission stays as it is.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from content.documents import ExpectDocument, TaskDocument, ValueSpec
from grading import checks
from grading.checks import Outcome
from grading.models import CheckResult, Submission, Verdict
from lab_sessions.environments import document_of

logger = logging.getLogger(__name__)

# Which arguments of a kind say where it looks. Where one of them changed, old evidence is about something else.
PLACES: Final[dict[str, frozenset[str]]] = {
    "answer": frozenset(),
    "command": frozenset({"argv", "cwd", "timeout"}),
    "compose": frozenset({"project", "file"}),
    "container": frozenset({"name", "image", "labels", "changes"}),
    "dockerfile": frozenset({"path"}),
    "event": frozenset({"type", "after"}),
    "file": frozenset({"path"}),
    "http": frozenset({"port", "path", "host", "timeout"}),
    "image": frozenset({"name", "smaller_than"}),
    "network": frozenset({"name"}),
    "port": frozenset({"port", "protocol"}),
    "process": frozenset(),
    "script": frozenset({"file", "source", "timeout"}),
    "volume": frozenset({"name"}),
}
# Kinds that keep only what they were asked about: evidence says nothing about an argument that is new.
KEEP_ONLY_WHAT_WAS_ASKED: Final = frozenset({"compose", "container", "event", "image", "network", "volume"})


@dataclass(frozen=True, kw_only=True)
class Regrade:
    """What judging one submission again came to."""

    submission: Submission
    verdict: Verdict
    points: Decimal
    outcomes: tuple[Outcome, ...]

    @property
    def raises(self) -> bool:
        """Whether the learner gains by it."""
        return self.points > self.submission.points or self._passes_now

    @property
    def lowers(self) -> bool:
        """Whether the learner loses by it."""
        return self.submission.verdict == Verdict.PASS and self.verdict != Verdict.PASS

    @property
    def _passes_now(self) -> bool:
        return self.verdict == Verdict.PASS and self.submission.verdict != Verdict.PASS


def judge_again(submissions: Iterable[Submission], old: TaskDocument, new: TaskDocument) -> Iterator[Regrade]:
    """Yield what each submission of one task comes to under the new checks; leave out those that cannot be judged.

    Submissions come with `results`, `exercise`, and `lab_session` with its lab, or each is queried.
    """
    pairs = list(_pairs(old, new))
    for submission in submissions:
        outcomes = _judge(submission, pairs)
        if outcomes is None:
            continue
        yield Regrade(
            submission=submission,
            verdict=checks.verdict_of(outcomes),
            points=checks.points_of(outcomes, submission.exercise.points),
            outcomes=tuple(outcomes),
        )


def _pairs(old: TaskDocument, new: TaskDocument) -> Iterator[tuple[ExpectDocument, int | None]]:
    """Yield each new check with the place of the old one whose evidence it can be judged by, where there is one."""
    free = list(enumerate(old.expect))
    for expect in new.expect:
        match = next((pair for pair in free if _same_look(pair[1], expect)), None)
        if match is not None:
            free.remove(match)
        yield expect, match[0] if match else None


def _same_look(old: ExpectDocument, new: ExpectDocument) -> bool:
    if old.kind != new.kind:
        return False
    if new.kind in KEEP_ONLY_WHAT_WAS_ASKED and not set(new.arguments) <= set(old.arguments):
        return False
    return all(old.arguments.get(name) == new.arguments.get(name) for name in PLACES[new.kind])


def _judge(submission: Submission, pairs: list[tuple[ExpectDocument, int | None]]) -> list[Outcome] | None:
    session = submission.lab_session
    if session is None or not pairs:
        return None
    results = {result.position: result for result in submission.results.all()}
    specs = document_of(session.lab).values
    outcomes = []
    for expect, place in pairs:
        result = results.get(place) if place is not None else None
        outcome = _judge_check(expect, result, session.values, specs) if result else None
        if outcome is None:
            return None
        outcomes.append(outcome)
    return outcomes


def _judge_check(
    expect: ExpectDocument, result: CheckResult, values: dict[str, str], specs: Iterable[ValueSpec]
) -> Outcome | None:
    if result.verdict == Verdict.ERROR or "omitted" in result.evidence:
        return None
    outcome = checks.judge_evidence(expect, specs, values, result.evidence)
    return None if outcome.verdict == Verdict.ERROR else outcome
