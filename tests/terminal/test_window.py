import pytest
from hypothesis import given
from hypothesis import strategies as st

from terminal.window import MAX_WINDOW, MIN_WINDOW, QUEUE_SECONDS, START_WINDOW, CreditWindow


class Line:
    """A line with a rate and a delay, and a shell that always has more to say."""

    def __init__(self, *, rate: float, delay: float, frame: int = 4096) -> None:
        self.rate, self.delay, self.frame = rate, delay, frame
        self.now = 0.0
        self.window = CreditWindow(start=0, now=0.0)
        self._consumed_at = 0.0
        self._acks: list[tuple[float, int]] = []

    def flood(self, seconds: float) -> None:
        """Send whenever there is credit; the other end consumes at the line's rate and acknowledges each frame."""
        end = self.now + seconds
        while self.now < end:
            while self.window.is_open:
                offset = self.window.sent + self.frame
                self.window.record_sent(offset, now=self.now)
                arrives = self.now + self.delay / 2
                self._consumed_at = max(self._consumed_at, arrives) + self.frame / self.rate
                self._acks.append((self._consumed_at + self.delay / 2, offset))
            self.now, offset = self._acks.pop(0)
            self.window.record_acknowledged(offset, now=self.now)

    @property
    def wait(self) -> float:
        """Seconds that a ^C typed now waits for the output before it to be shown."""
        return self.window.in_flight / self.rate


@pytest.mark.parametrize("delay", [0.001, 0.02, 0.2])
@pytest.mark.parametrize("rate", [100e3, 1e6, 10e6])
def test_a_flood_waits_about_100_ms_and_the_line_stays_full(rate: float, delay: float) -> None:
    line = Line(rate=rate, delay=delay)
    line.flood(5)
    before, started = line.window.acknowledged, line.now

    line.flood(5)

    reached = (line.window.acknowledged - before) / (line.now - started)
    assert line.wait <= delay + 2 * QUEUE_SECONDS
    assert reached >= 0.8 * min(rate, MAX_WINDOW / (delay + QUEUE_SECONDS))


def test_a_fast_browser_gets_the_largest_window_within_a_second() -> None:
    line = Line(rate=30e6, delay=0.001)

    line.flood(1)

    assert line.window.size == MAX_WINDOW


def test_a_browser_that_becomes_slow_gets_a_small_window() -> None:
    line = Line(rate=30e6, delay=0.001)
    line.flood(1)

    line.rate = 50e3
    line.flood(20)

    assert line.window.size <= 2 * MIN_WINDOW


def test_typing_does_not_shrink_the_window() -> None:
    window = CreditWindow(start=0, now=0.0)

    for key in range(100):
        window.record_sent(key + 1, now=key * 0.1)
        window.record_acknowledged(key + 1, now=key * 0.1 + 0.03)

    assert window.size == START_WINDOW


def test_a_pause_counts_neither_as_stalling_nor_as_a_slow_rate() -> None:
    window = CreditWindow(start=0, now=0.0)
    window.record_sent(10, now=1.0)
    window.record_acknowledged(10, now=1.1)

    window.record_sent(20_010, now=1000.0)
    changed = window.record_acknowledged(20_010, now=1000.1)

    assert window.progress_at == 1000.1
    assert not changed or window.size >= START_WINDOW / 2


def test_progress_stands_still_while_nothing_is_acknowledged() -> None:
    window = CreditWindow(start=0, now=0.0)

    window.record_sent(10, now=5.0)
    window.record_sent(20, now=50.0)

    assert window.progress_at == 5.0
    assert window.in_flight == 20


def test_an_acknowledgement_of_what_was_not_sent_is_an_error() -> None:
    window = CreditWindow(start=100, now=0.0)

    with pytest.raises(ValueError, match="acknowledged 101 of 100"):
        window.record_acknowledged(101, now=0.0)


def test_an_old_acknowledgement_changes_nothing() -> None:
    window = CreditWindow(start=100, now=0.0)

    assert window.record_acknowledged(50, now=0.0) is False
    assert window.acknowledged == 100


def test_after_a_gap_nothing_is_in_flight() -> None:
    window = CreditWindow(start=0, now=0.0)
    window.record_sent(30_000, now=1.0)

    window.skip_to(500_000, now=2.0)

    assert (window.sent, window.in_flight, window.is_open) == (500_000, 0, True)


@given(st.lists(st.tuples(st.integers(1, 65_536), st.floats(1e-6, 10), st.booleans()), max_size=60))
def test_the_window_keeps_its_bounds_whatever_happens(steps: list[tuple[int, float, bool]]) -> None:
    window = CreditWindow(start=0, now=0.0)
    now = 0.0

    for size, pause, acknowledge in steps:
        now += pause
        window.record_sent(window.sent + size, now=now)
        if acknowledge:
            window.record_acknowledged(window.sent - size // 2, now=now)

    assert MIN_WINDOW <= window.size <= MAX_WINDOW or window.size == START_WINDOW
    assert window.in_flight >= 0
