"""Running the checks of a task: gather, judge, explain.

Knows no rows, so that the prover uses it as the grader does.
"""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_noop as _

from content.documents import ExpectDocument, TaskDocument, ValueSpec
from content.values import CHALLENGE, draw_challenge, fill, names_in, substitute
from grading.expects import KINDS
from grading.expects.base import Aspect, Evidence, Finding, View
from grading.expects.errors import CouldNotLook
from grading.expects.operators import is_met
from grading.expects.texts import Texts, in_each_language, join, say
from grading.models import Verdict

logger = logging.getLogger(__name__)

MAX_EVIDENCE = (
    65_536  # characters of JSON kept with a result; what is longer would fill the database with learners' files
)


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What one check came to."""

    kind: str
    level: str
    verdict: Verdict
    weight: int
    expected: Texts = field(default_factory=dict)
    found: Texts = field(default_factory=dict)
    hint: Texts = field(default_factory=dict)
    seconds: float = 0.0
    evidence: Evidence = field(default_factory=dict)
    transient: bool = False
    """Of an error: looking again may work."""


def run_checks(
    task: TaskDocument, specs: Iterable[ValueSpec], view: View, *, only_pass: bool = False, only_holds: bool = False
) -> list[Outcome]:
    """Run a task's checks in their order. With `only_pass`, stop at the first that does not: nobody will see why.

    With `only_holds`, run only those that must still hold when the whole lab is solved.
    """
    specs = tuple(specs)
    outcomes = []
    for expect in task.expect:
        if only_holds and not expect.holds:
            continue
        outcome = run_check(expect, specs, view)
        outcomes.append(outcome)
        if only_pass and outcome.verdict != Verdict.PASS:
            break
    return outcomes


def run_check(expect: ExpectDocument, specs: Iterable[ValueSpec], view: View) -> Outcome:
    """Run one check. What goes wrong in looking is an outcome of its own and never a fail."""
    started = time.monotonic()
    challenge = {CHALLENGE: draw_challenge()}
    asked = CHALLENGE in names_in(json.dumps(dict(expect.arguments)))

    def look(arguments: Mapping[str, Any]) -> Evidence:
        evidence = KINDS[expect.kind].gather(arguments, view)
        return {**evidence, **challenge} if asked else evidence  # without it nobody could judge that evidence again

    outcome = _outcome_of(expect, tuple(specs), {**view.values, **challenge}, look)
    return replace(outcome, seconds=time.monotonic() - started)


def judge_evidence(
    expect: ExpectDocument, specs: Iterable[ValueSpec], values: Mapping[str, str], evidence: Evidence
) -> Outcome:
    """Judge evidence that was gathered before. What it does not decide is an error, as in looking."""
    drawn = {CHALLENGE: str(evidence[CHALLENGE])} if CHALLENGE in evidence else {}
    return _outcome_of(expect, tuple(specs), {**values, **drawn}, lambda _arguments: evidence)


def _outcome_of(
    expect: ExpectDocument,
    specs: tuple[ValueSpec, ...],
    values: Mapping[str, str],
    look: Callable[[Mapping[str, Any]], Evidence],
) -> Outcome:
    kind = KINDS[expect.kind]
    try:
        arguments = _filled(expect.arguments, values, specs)
        evidence = look(arguments)
        finding = kind.judge(arguments, evidence)
        verdict = Verdict.PASS if finding.passed else Verdict.FAIL
        shown = _shown(expect, finding)
        hint = {} if finding.passed else _hint(expect, specs, values, finding.observed)
    except CouldNotLook as error:
        logger.warning("A check of kind %s could not look: %s", expect.kind, error)
        return _error(expect, error)
    except Exception as error:  # a mistake in a kind must not take the other checks' results with it
        logger.exception("A check of kind %s broke.", expect.kind)
        return _error(expect, CouldNotLook(_("The check itself is wrong. Tell your teacher."), repr(error)))
    return Outcome(
        kind=expect.kind,
        level=kind.LEVEL,
        verdict=verdict,
        weight=expect.weight,
        expected=join([aspect.expected for aspect in shown]),
        found=join([aspect.found for aspect in shown]),
        hint=hint,
        evidence=_bounded(evidence),
    )


def verdict_of(outcomes: list[Outcome]) -> Verdict:
    """Return the verdict of a task: a fail that was seen is one, whatever else could not be looked at."""
    verdicts = {outcome.verdict for outcome in outcomes}
    if Verdict.FAIL in verdicts:
        return Verdict.FAIL
    return Verdict.ERROR if Verdict.ERROR in verdicts else Verdict.PASS


def points_of(outcomes: list[Outcome], points: int) -> Decimal:
    """Return the share of `points` that the checks which pass are worth."""
    whole = sum(outcome.weight for outcome in outcomes)
    passed = sum(outcome.weight for outcome in outcomes if outcome.verdict == Verdict.PASS)
    return (Decimal(points) * passed / whole).quantize(Decimal("0.01")) if whole else Decimal(0)


def needs_answer(task: TaskDocument) -> bool:
    """Return whether the learner has to type something before the task can be judged."""
    return any(expect.kind == "answer" or "$ANSWER" in _source(expect) for expect in task.expect)


def _source(expect: ExpectDocument) -> str:
    return str(expect.arguments.get("source", "")).replace("${ANSWER}", "$ANSWER")


def _filled(arguments: Mapping[str, Any], values: Mapping[str, str], specs: Iterable[ValueSpec]) -> dict[str, Any]:
    """Put the sandbox's values into a check; a script's text stays as it is, since it gets them as environment."""
    filled: dict[str, Any] = fill(dict(arguments), values, specs)
    if "source" in arguments:
        filled["source"] = arguments["source"]
    return filled


def _hint(expect: ExpectDocument, specs: Iterable[ValueSpec], values: Mapping[str, str], observed: Any) -> Texts:
    for case in expect.tries:
        if case.when is None or is_met(fill(case.when, values, specs), observed, fold=expect.kind == "answer"):
            return in_each_language({name: substitute(text, values) for name, text in case.text.items()})
    return {}


def _shown(expect: ExpectDocument, finding: Finding) -> list[Aspect]:
    """Return what is shown: of a fail only what is not as it should be, of what would give the answer away nothing."""
    if expect.hide:
        return []
    return [aspect for aspect in finding.aspects if not aspect.holds] or list(finding.aspects)


def _error(expect: ExpectDocument, error: CouldNotLook) -> Outcome:
    return Outcome(
        kind=expect.kind,
        level=KINDS[expect.kind].LEVEL,
        verdict=Verdict.ERROR,
        weight=expect.weight,
        found=say(error.sentence),
        evidence={"detail": str(error)[:1000]},
        transient=error.transient,
    )


def _bounded(evidence: Evidence) -> Evidence:
    size = len(json.dumps(evidence))
    return evidence if size <= MAX_EVIDENCE else {"omitted": f"{size} characters"}
