"""Whether a class fits on this machine, and why not. Plain values in, plain values out; nothing is asked here.

Memory decides nearly always. Two figures of it matter: what sandboxes of this kind were seen to take, by which a class
is planned, and what each may take at most, by which a bad day is judged: the kernel then ends programs in the sandbox
that wants too much, and in no other, as long as the machine itself has memory left.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from lab_sessions.timing import REFILL_AFTER

# Of the machine's memory, what the site itself, the engine and the file cache go on needing.
RESERVED_SHARE = 0.1
# A sandbox with a writable disk that does its lesson fills at least this; an image of a web server takes 200 MB.
LEAST_DISK = 400 * 1024 * 1024  # bytes
# Processors in use at which a class begins to feel it.
BUSY_SHARE = 0.8
# A class is planned up to here; no machine of this kind holds more, and figures of nonsense help nobody.
MOST_LEARNERS = 1000


class Weight(StrEnum):
    """How much a reason counts."""

    GOOD = "good"  # one reason less to worry
    WARN = "warn"  # works on most days; somebody may have to wait, or a bad day is felt
    BAD = "bad"  # does not fit


@dataclass(frozen=True, kw_only=True)
class Need:
    """What one sandbox of the lesson takes."""

    memory_bytes: int
    """As seen, or assumed where none was seen."""
    memory_limit_bytes: int
    disk_limit_bytes: int
    """On the machine's disk; 0 where what it writes is memory."""
    cpus: float | None
    """Processors in use while somebody works in it; None where that was never measured."""
    start_seconds: float
    """Of a cold start, with others beside it."""
    measured: bool
    """Whether these were seen on this machine."""


@dataclass(frozen=True, kw_only=True)
class Room:
    """What the machine has."""

    memory_total: int
    memory_available: int
    """For more than what runs now."""
    disk_available: int
    cpus: int
    places: int
    """Lab sessions that may be added to those that run."""
    warm_most: int
    """Warm sandboxes of this kind that the pool may hold."""
    warm_now: int
    """Those that wait already; their memory is taken already, too."""
    parallel: int
    """Cold starts at once."""


@dataclass(frozen=True)
class Reason:
    """One thing that decides, by a key to its sentence and the figures in it."""

    weight: Weight
    key: str
    figures: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class SeatPlan:
    """The answer."""

    learners: int
    memory_bytes: int
    memory_worst_bytes: int
    disk_worst_bytes: int
    warm_seconds: int
    """Until everybody's sandbox waits, begun now."""
    cold_wait_seconds: int
    """What the last of a class waits that starts at once, with no more than the pool holds made before."""
    most_learners: int
    """How many would fit."""
    reasons: tuple[Reason, ...]

    @property
    def fits(self) -> bool:
        return all(reason.weight != Weight.BAD for reason in self.reasons)


def plan_seats(*, learners: int, need: Need, room: Room) -> SeatPlan:
    """Judge whether `learners` can do a lesson at once. Raises ValueError for a number that is no class."""
    if not 1 <= learners <= MOST_LEARNERS:
        raise ValueError(f"A class has 1 to {MOST_LEARNERS} learners, not {learners}.")
    to_make = max(0, learners - room.warm_now)
    usable = _usable_memory(room)
    warm = min(learners, max(room.warm_most, room.warm_now))
    per_start = need.start_seconds / max(1, room.parallel)
    plan = SeatPlan(
        learners=learners,
        memory_bytes=to_make * need.memory_bytes,
        memory_worst_bytes=learners * need.memory_limit_bytes,
        disk_worst_bytes=learners * need.disk_limit_bytes,
        warm_seconds=math.ceil(to_make * (per_start + REFILL_AFTER)),
        cold_wait_seconds=math.ceil((learners - warm) * per_start),
        most_learners=min(
            room.places,
            room.warm_now + _pieces(usable, need.memory_bytes),
            _pieces(room.disk_available, LEAST_DISK) if need.disk_limit_bytes else MOST_LEARNERS,
        ),
        reasons=(),
    )
    reasons = [
        _memory(plan, usable, room),
        *_places(plan, room),
        *_disk(plan, need, room),
        *_processors(plan, need, room),
        *_warm_up(plan, warm),
    ]
    if not need.measured:
        reasons.append(Reason(Weight.WARN, "assumed"))
    return replace(plan, reasons=tuple(reasons))


def _usable_memory(room: Room) -> int:
    return max(0, room.memory_available - int(room.memory_total * RESERVED_SHARE))


def _pieces(whole: int, piece: int) -> int:
    return min(MOST_LEARNERS, whole // max(1, piece))


def _memory(plan: SeatPlan, usable: int, room: Room) -> Reason:
    figures = {"need": plan.memory_bytes, "have": usable, "worst": plan.memory_worst_bytes}
    if plan.memory_bytes > usable:
        return Reason(Weight.BAD, "memory_short", figures)
    if plan.memory_worst_bytes > room.memory_total:
        return Reason(Weight.WARN, "memory_worst", figures)
    return Reason(Weight.GOOD, "memory_enough", figures)


def _places(plan: SeatPlan, room: Room) -> list[Reason]:
    if plan.learners > room.places:
        figures = {"places": room.places, "waiting": plan.learners - room.places}
        return [Reason(Weight.BAD, "places_short", figures)]
    return []


def _disk(plan: SeatPlan, need: Need, room: Room) -> list[Reason]:
    if not need.disk_limit_bytes:
        return []
    figures = {"worst": plan.disk_worst_bytes, "have": room.disk_available, "least": plan.learners * LEAST_DISK}
    if plan.learners * LEAST_DISK > room.disk_available:
        return [Reason(Weight.BAD, "disk_short", figures)]
    if plan.disk_worst_bytes > room.disk_available:
        return [Reason(Weight.WARN, "disk_worst", figures)]
    return [Reason(Weight.GOOD, "disk_enough", figures)]


def _processors(plan: SeatPlan, need: Need, room: Room) -> list[Reason]:
    if need.cpus is None:
        return []
    used = plan.learners * need.cpus
    if used > room.cpus * BUSY_SHARE:
        return [Reason(Weight.WARN, "processors_busy", {"used": round(used, 1), "have": room.cpus})]
    return []


def _warm_up(plan: SeatPlan, warm: int) -> list[Reason]:
    if warm < plan.learners:
        figures = {"warm": warm, "rest": plan.learners - warm, "seconds": plan.cold_wait_seconds}
        return [Reason(Weight.WARN, "pool_short", figures)]
    return [Reason(Weight.GOOD, "warm_up", {"seconds": plan.warm_seconds})]
