"""The life of a lab session, as data. The diagram in docs/architecture.md is generated from this table."""

from enum import StrEnum


class State(StrEnum):
    QUEUED = "queued"  # asked for; the host is full, so it waits its turn
    STARTING = "starting"  # a sandbox is being made or claimed for it
    READY = "ready"  # the learner has a sandbox
    ENDING = "ending"  # over for the learner; its sandbox is being destroyed
    ENDED = "ended"  # nothing of it is left but the record
    FAILED = "failed"  # could not be made or broke; `failure` says why, and nothing of it is left running


# Each pair is allowed; whatever is missing here cannot happen, since every change goes through
# `LabSession.objects.move`.
TRANSITIONS: frozenset[tuple[State, State]] = frozenset(
    {
        (State.QUEUED, State.STARTING),  # a place became free
        (State.QUEUED, State.ENDED),  # the learner stopped waiting
        (State.STARTING, State.READY),  # the sandbox is theirs
        (State.STARTING, State.FAILED),  # it could not be made
        (State.STARTING, State.ENDING),  # the learner or a deadline ended it first
        (State.READY, State.STARTING),  # reset: same session, a new sandbox
        (State.READY, State.ENDING),  # the learner, an instructor, a deadline
        (State.READY, State.FAILED),  # its sandbox vanished
        (State.ENDING, State.ENDED),  # the sandbox is gone
    }
)

LIVE = (State.QUEUED, State.STARTING, State.READY)  # what a learner may have one of for each lab
HOLDING = (State.STARTING, State.READY, State.ENDING)  # what takes room on the host


def allowed(old: State, new: State) -> bool:
    """Return whether a session may go from `old` to `new`."""
    return (old, new) in TRANSITIONS


def as_mermaid() -> str:
    """Return the table as a Mermaid state diagram."""
    order = list(State)
    pairs = sorted(TRANSITIONS, key=lambda pair: (order.index(pair[0]), order.index(pair[1])))
    lines = ["stateDiagram-v2", "    [*] --> queued", "    [*] --> starting"]
    lines += [f"    {old} --> {new}" for old, new in pairs]
    lines += [f"    {state} --> [*]" for state in (State.ENDED, State.FAILED)]
    return "\n".join(lines)
