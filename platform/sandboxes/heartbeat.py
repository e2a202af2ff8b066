"""Keeps a lease while its holder lives.

So work of a minute needs no lease of a minute, and what a dead worker held is soon free.
"""

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.db import DatabaseError, connection

from sandboxes.timing import BEAT, scaled

logger = logging.getLogger(__name__)


@contextmanager
def beating(renew: Callable[[], object]) -> Iterator[None]:
    """Call `renew` every BEAT seconds, in a thread of its own, for as long as the block runs.

    When the block has ended, `renew` is not called any more.
    """
    stop = threading.Event()
    beats = threading.Thread(target=_beat, args=(renew, stop), name="heartbeat", daemon=True)
    beats.start()
    try:
        yield
    finally:
        stop.set()
        beats.join()


def _beat(renew: Callable[[], object], stop: threading.Event) -> None:
    try:
        while not stop.wait(scaled(BEAT).total_seconds()):
            try:
                renew()
            except DatabaseError as error:  # busy, or away for a moment; the next beat comes soon enough
                logger.warning("A heartbeat was missed: %s", error)
    finally:
        connection.close()  # each thread has a connection of its own
