"""How long a dead process waits for its next start."""

from tools.supervisor.backoff import Backoff


def test_the_wait_doubles_up_to_a_limit():
    backoff = Backoff(first=0.5, longest=3.0, steady=30.0)

    waits = [backoff.next_wait(ran_for=0.1) for _ in range(5)]

    assert waits == [0.5, 1.0, 2.0, 3.0, 3.0]


def test_a_steady_run_is_forgiven():
    backoff = Backoff(first=0.5, longest=3.0, steady=30.0)
    for _ in range(4):
        backoff.next_wait(ran_for=0.1)

    assert backoff.next_wait(ran_for=31) == 0.5


def test_a_process_that_dies_for_a_week_still_gets_a_number():
    backoff = Backoff()

    waits = [backoff.next_wait(ran_for=0) for _ in range(20_000)]

    assert max(waits) == backoff.longest
