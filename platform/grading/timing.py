"""Every duration of grading, with its reason. Those that loops wait for are divided by `MUELLE_TIME_SCALE`."""

GRADE_BUDGET = 20.0  # seconds that all checks of one submission may take together
GRADE_LEASE = 25.0  # seconds; more than the budget, and short enough that a dead worker's work is taken up within 30
MAX_ATTEMPTS = 3  # a check that could not look this often will not look now; tell the learner
RETRY_AFTER = 1.0  # seconds before looking again at a sandbox that did not let itself be looked at
REWAKE_AFTER = 1.0  # seconds that the first message is given before the reconciler sends another

TICK_DELAYS = (
    0.3,
    0.7,
    2.0,
    7.0,
    20.0,
)  # seconds from one look to the next: 0.3, 1, 3, 10 and 30 after something was done
TICK_BUDGET = 8.0  # seconds for one look at all open tasks; a look that takes longer is made by the next
RESTART_AFTER = 1.0  # seconds before activity begins the looks anew, so that typing does not put them off for ever
UNSEEN_AFTER = 5.0  # seconds that the first look is given before the reconciler sends another message for it
UNSEEN_UNTIL = 600.0  # seconds; what was done longer ago waits for the next thing that is done

RATE_WINDOW = 60.0  # seconds
RATE_LIMIT = 30  # submissions of one learner in that window: faster than anybody works, slow for guessing
