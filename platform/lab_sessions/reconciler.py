"""The loop that makes the world agree with the rows.

It is level-triggered: each round looks at everything and mends what is wrong, so a lost message, a killed worker or
its own death costs one round and nothing else. Every step is idempotent and bounded. Higher apps add steps of their
own by `settings.MUELLE_RECONCILE_STEPS`.
"""

import logging
import os
import socket
import threading
import uuid
from collections.abc import Callable
from datetime import datetime

from django.conf import settings
from django.db import close_old_connections
from django.utils import timezone
from django.utils.module_loading import import_string

from lab_sessions import leases
from lab_sessions.timing import LEADER_LEASE, RECONCILE_EVERY, scaled

logger = logging.getLogger(__name__)

LEASE_NAME = "reconciler"

Step = Callable[[datetime], int]
"""Takes the time of the round, mends one kind of difference, returns how many it mended."""


def load_steps() -> list[Step]:
    """Return the steps that the settings name, in their order."""
    return [import_string(path) for path in settings.MUELLE_RECONCILE_STEPS]


def run_round(steps: list[Step], now: datetime) -> dict[str, int]:
    """Run each step once.

    Return what was mended by the step's name. A step that fails is logged and does not stop the others.
    """
    mended = {}
    for step in steps:
        try:
            count = step(now)
        except Exception:  # one broken sandbox or an engine that is down must not stop deadlines from being kept
            logger.exception("The step %s failed; the next round tries again.", step.__name__)
            continue
        if count:
            mended[step.__name__] = count
    return mended


def run_forever(stop: threading.Event, alive: Callable[[], object] = bool) -> None:
    """Lead or wait to lead until `stop` is set; `alive` is called after each turn, whatever came of it."""
    holder = f"{socket.gethostname()}:{os.getpid()}:{uuid.uuid4().hex[:8]}"
    steps = load_steps()
    try:
        while not stop.is_set():
            _one_turn(holder, steps)
            alive()
            stop.wait(scaled(RECONCILE_EVERY).total_seconds())
    finally:
        leases.release(LEASE_NAME, holder)


def _one_turn(holder: str, steps: list[Step]) -> None:
    close_old_connections()
    try:
        if leases.hold(LEASE_NAME, holder, scaled(LEADER_LEASE)):
            for name, count in run_round(steps, timezone.now()).items():
                logger.info("%s: %d", name, count)
    except Exception:  # a database that is away comes back; the loop must be there when it does
        logger.exception("The round failed; the next one tries again.")
