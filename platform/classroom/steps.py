"""The reconciler's step for classes at work."""

from datetime import datetime

from classroom.actions import close_assistance
from classroom.models import Assistance

MAX_CLOSED = 50  # in a round, so that no round takes long


def close_lapsed_assistance(now: datetime) -> int:
    """Close what is over by time, lab or role. The terminal door asks for itself and waits for no round of this."""
    closed = 0
    for row in Assistance.objects.lapsed(now).select_related("lab_session")[:MAX_CLOSED]:
        closed += close_assistance(assistance=row, ending=Assistance.End.OVER, by=None, now=now)
    return closed
