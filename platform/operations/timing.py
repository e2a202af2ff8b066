"""Every duration of the admin's figures, with its reason. No test waits for them, so nothing scales them."""

from datetime import timedelta

SAMPLE_EVERY = timedelta(seconds=15)  # fine enough for a class that starts, 5,760 rows a day
SAMPLES_KEPT = timedelta(hours=24)  # yesterday at this time is worth a look, last week is a monitoring system's
MEASURE_EVERY = timedelta(seconds=20)  # between two looks at one sandbox
MAX_MEASURED = (
    6  # in a round of two seconds: sixty sandboxes within MEASURE_EVERY, some milliseconds of the engine each
)
USES_KEPT = timedelta(days=7)  # of sandboxes that are gone: what the seats planner learns from
REPORT_EVERY = timedelta(minutes=5)  # between two health reports; versions and settings change rarely
BAD_REPORT_EVERY = timedelta(seconds=30)  # the same while something is bad: who mends it wants to see that it is
STALE = timedelta(minutes=1)  # after which figures are said to be old: the reconciler is not running
