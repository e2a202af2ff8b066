"""Watches our own engine while a site runs and starts it again when it died; sandboxes live on meanwhile."""

import sys
import time

from tools.engine import own, places
from tools.engine.client import answers
from tools.problems import Problem
from tools.service.notify import ready

# A learner waits at most this long for a new lab after the engine was killed, plus its start.
WATCH_SECONDS = 3.0
# Deleted sandboxes leave records of their quota behind, which make every later write a little slower.
TIDY_EVERY = 400


def keep() -> None:
    """Watch for ever; the supervisor ends this process."""
    rounds = 0
    while True:
        try:
            if not answers(places.URL):
                print("WARNING the lab engine does not answer; starts it", flush=True)
                own.ensure()
            if rounds % TIDY_EVERY == 0:
                own.tidy()
        except (Problem, OSError) as problem:
            print(f"ERROR {problem}", file=sys.stderr, flush=True)
        if rounds == 0:
            ready()  # whatever came of it: what waits for us can do without an engine for a while
        rounds += 1
        time.sleep(WATCH_SECONDS)
