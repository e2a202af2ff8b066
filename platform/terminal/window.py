"""How much output may be on its way to one viewer.

The aim is that a ^C takes effect within about 100 ms on any line, while a fast line stays full. What is in flight
consists of what the line itself holds (rate x shortest round trip) and what waits in the browser; only the second
part delays a ^C, so the window is the measured rate times (shortest round trip + 100 ms). A window that only followed
rate x 100 ms would starve a line whose round trip is longer than that: less window, less rate, still less window.
"""

from collections import deque
from typing import Final

MIN_WINDOW: Final = 8 * 1024  # Two full screens: below this even an idle line stutters.
MAX_WINDOW: Final = 256 * 1024  # 26 ms of the fastest browser (10 MB/s); the memory that one stalled viewer may cost.
START_WINDOW: Final = 32 * 1024  # A screenful of colour goes out before the first acknowledgement is back.
QUEUE_SECONDS: Final = 0.1  # What may wait in the browser, in time: the delay a ^C meets.
MAX_GROWTH: Final = 2.0  # A burst is a poor measurement; doubling reaches the maximum in five acknowledgements anyway.
MEASURE_SECONDS: Final = 0.02  # Acknowledgements closer together say more about the scheduler than about the line.
MAX_SAMPLES: Final = 128  # Frames whose departure is remembered: at 64 KiB a frame far more than any window holds.


class CreditWindow:
    """Counts what is in flight and decides how much may be. Times are seconds of any monotonic clock."""

    def __init__(self, *, start: int, now: float) -> None:
        self.size = START_WINDOW
        self.sent = start
        self.acknowledged = start
        self.progress_at = now  # Last time an acknowledgement advanced, or the viewer owed none.
        self._departures: deque[tuple[int, float]] = deque(maxlen=MAX_SAMPLES)
        self._shortest_trip: float | None = None
        self._measured_from = (start, now)
        self._was_full = False

    @property
    def in_flight(self) -> int:
        """Bytes sent and not acknowledged."""
        return self.sent - self.acknowledged

    @property
    def is_open(self) -> bool:
        """Whether more may be sent."""
        return self.in_flight < self.size

    def record_sent(self, end: int, *, now: float) -> None:
        """Note that everything before offset `end` has been handed to the line."""
        if not self.in_flight:
            # Nobody waited for anything: a pause must count neither as stalling nor as a slow rate.
            self.progress_at = now
            self._measured_from = (self.sent, now)
        self.sent = end
        self._was_full |= 2 * self.in_flight >= self.size
        self._departures.append((end, now))

    def skip_to(self, offset: int, *, now: float) -> None:
        """Note a gap: output goes on at `offset`, and whatever is still on its way before it counts no more."""
        self.sent = self.acknowledged = offset
        self.progress_at = now
        self._departures.clear()
        self._measured_from = (offset, now)

    def record_acknowledged(self, offset: int, *, now: float) -> bool:
        """Note an acknowledgement and adapt the window. Returns whether the window's size changed.

        Raises:
            ValueError: if the offset lies beyond what was sent.
        """
        if offset > self.sent:
            raise ValueError(f"acknowledged {offset} of {self.sent}")
        if offset <= self.acknowledged:
            return False
        self.acknowledged = offset
        self.progress_at = now
        self._measure_trip(offset, now)
        return self._adapt(now)

    def _measure_trip(self, offset: int, now: float) -> None:
        departed: float | None = None
        while self._departures and self._departures[0][0] <= offset:
            departed = self._departures.popleft()[1]
        if departed is not None:
            trip = now - departed
            self._shortest_trip = trip if self._shortest_trip is None else min(self._shortest_trip, trip)

    def _adapt(self, now: float) -> bool:
        from_offset, from_time = self._measured_from
        elapsed = now - from_time
        if self._shortest_trip is None or elapsed < max(MEASURE_SECONDS, self._shortest_trip):
            return False
        rate = (self.acknowledged - from_offset) / elapsed
        self._measured_from = (self.acknowledged, now)
        if not self._was_full:
            return False  # The shell had little to say: that measures the shell, not the line.
        self._was_full = False
        wanted = min(rate * (self._shortest_trip + QUEUE_SECONDS), self.size * MAX_GROWTH)
        before = self.size
        self.size = int(max(MIN_WINDOW, min(wanted, MAX_WINDOW)))
        return self.size != before
