"""How many sessions this server holds, and who waits."""

from django.conf import settings

from lab_sessions.models import Drain, LabSession
from lab_sessions.transitions import State


def free_places() -> int:
    """Return how many more sessions the host may hold now; none while it is drained."""
    if Drain.objects.on().exists():
        return 0
    limit: int = settings.MUELLE_MAX_LIVE_SESSIONS
    return max(0, limit - LabSession.objects.holding().count())


def queue_position(session: LabSession) -> int:
    """Return the place of a queued session in the queue, 1 for the next one; 0 where it is not queued."""
    if session.state != State.QUEUED:
        return 0
    return LabSession.objects.filter(state=State.QUEUED, created_at__lte=session.created_at).count()
