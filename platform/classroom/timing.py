"""Every duration of a class at work, with its reason. People wait here, so `MUELLE_TIME_SCALE` divides none of them."""

from datetime import timedelta

SEEN_EVERY = timedelta(seconds=20)  # between two notes that somebody is there; one UPDATE for all sockets of a process
ONLINE_FOR = timedelta(seconds=50)  # after the last note; two may be lost on a bad line
WORKING_FOR = timedelta(minutes=2)  # after the last keystroke somebody still counts as working in their lab
STUCK_AFTER = timedelta(minutes=10)  # without a pass; most tasks of the first course take three
STUCK_FAILS = 3  # of the same task in a row
LOOK_BACK = timedelta(hours=12)  # what was handed in before is no longer "now"
ANSWER_WITHIN = timedelta(minutes=3)  # a question that nobody answered goes away
ASSIST_FOR = timedelta(minutes=30)  # the longest that one consent lasts; whoever needs more asks again
HAND_FOR = timedelta(hours=2)  # a hand that was forgotten sinks after a double lesson
MAX_WARM_UP = timedelta(hours=4)  # of machines kept for a lesson: memory that nobody else has meanwhile
