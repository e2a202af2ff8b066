"""What every kind of check is made of.

A kind first *gathers* evidence, which is plain JSON, and then *judges* it without looking at anything else. So a
verdict can be explained, tested without a sandbox, and computed again from what was stored.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Protocol

from grading.expects.inside.engine import InnerEngine
from grading.expects.probe import Probe
from grading.expects.texts import Texts

Evidence = dict[str, Any]
Arguments = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class View:
    """What a check may look at."""

    probe: Probe
    values: Mapping[str, str]
    """Those of the sandbox; scripts get them as environment."""
    answer: str = ""
    """What the learner typed; empty where nothing was."""
    since: float = 0.0
    """Unix time from which on the sandbox was the learner's: what happened before was set-up."""
    engine_address: str = ""
    """Where its own engine listens, as the agent is told; empty where it has none."""

    @cached_property
    def engine(self) -> InnerEngine:
        """The sandbox's own engine, each thing in it read once for all checks that look through this view."""
        return InnerEngine(self.probe, self.engine_address)


@dataclass(frozen=True, kw_only=True)
class Aspect:
    """One thing that was asked for."""

    holds: bool
    expected: Texts
    found: Texts


@dataclass(frozen=True, kw_only=True)
class Finding:
    """What came out of judging."""

    aspects: tuple[Aspect, ...]
    """At least one. The check passes when all of them hold."""
    observed: Any
    """What an author's `when:` is held against: a text or a number; None where what was asked for is not there."""

    @property
    def passed(self) -> bool:
        return all(aspect.holds for aspect in self.aspects)


class Kind(Protocol):
    """The shape of a module in this folder."""

    LEVEL: str
    """How far its verdict can be trusted: `self` (nobody looked), `practice` (looked inside the learner's own sandbox).
    """

    def gather(self, arguments: Arguments, view: View, /) -> Evidence:
        """Look, and return everything that the verdict needs. Bounded in time and size. Raises CouldNotLook."""
        ...

    def judge(self, arguments: Arguments, evidence: Evidence, /) -> Finding:
        """Compare.

        Pure: the same evidence gives the same finding. Raises CouldNotLook where the evidence does not decide.
        """
        ...
