"""Every duration of lab sessions, with its reason.

`MUELLE_TIME_SCALE` divides them all, so that crash tests can hurry.
"""

from sandboxes.timing import LEASE, scaled

__all__ = ["LEASE", "scaled"]

DESTROY_LEASE = 25.0  # seconds; the engine's stop takes at most 10, and a dead worker's work is taken up within 30
FINISH_ALONE = 40.0  # seconds after its end that a session waits for a worker; its machine is to be gone within 60
MAX_ATTEMPTS = 3  # a start that failed this often will fail again; tell the learner
EXTENSION = 15 * 60.0  # seconds that one press of "more time" gives
MAX_EXTENSIONS = 4  # an hour more at most, so that a forgotten session ends
LEAST_TIME = 60.0  # seconds; a lab with less than that left of the learner's day would end before it is read
WARN_BEFORE = 5 * 60.0  # seconds before a deadline at which the page offers more time
REFILL_AFTER = 1.0  # seconds; making the next sandbox must not slow the first prompt of the learner who took this one
ACTIVITY_EVERY = 5.0  # seconds; keystrokes within this write the database only once
RECONCILE_EVERY = 2.0  # seconds between two looks at the world
LEADER_LEASE = 15.0  # seconds; a dead leader is replaced after this
