"""Waiting for a start that is nearly done, so that the first page after the click already has the terminal."""

import time

from lab_sessions.models import LabSession
from lab_sessions.transitions import State

PATIENCE = 0.4  # seconds; a claimed sandbox only waits for its files, some 20 ms. Anything longer is shown as progress.
PAUSE = 0.003  # seconds between two looks


def wait_for_claimed(session: LabSession) -> None:
    """Wait a moment while a session that has its sandbox becomes ready; return at once for one that has none."""
    end = time.monotonic() + PATIENCE
    pending = LabSession.objects.filter(pk=session.pk, state=State.STARTING, sandbox__isnull=False)
    while pending.exists() and time.monotonic() < end:
        time.sleep(PAUSE)
