"""What grading adds to the reconciler's rounds."""

from datetime import datetime

from grading import tasks, ticks
from grading.models import Submission
from grading.timing import REWAKE_AFTER
from lab_sessions import events
from lab_sessions.timing import scaled

MAX_MENDED = 50  # in a round, so that no round takes long


def rewake_submissions(now: datetime) -> int:
    """Wake the grading of submissions whose worker died or whose message was lost."""
    waiting = Submission.objects.lapsed(now).filter(created_at__lt=now - scaled(REWAKE_AFTER)).order_by("created_at")
    lapsed = list(waiting.values_list("pk", flat=True)[:MAX_MENDED])
    for submission_id in lapsed:
        events.wake(tasks.grade, str(submission_id))
    return len(lapsed)


def rewake_chains(now: datetime) -> int:
    """Wake the automatic looks at tasks whose message was lost before the first of them."""
    begun = ticks.restart_unseen(now, limit=MAX_MENDED)
    for session_id, number in begun:
        events.wake(tasks.tick, str(session_id), number, 0)
    return len(begun)
