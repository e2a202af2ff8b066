"""A token bucket: so many frames a second, with room for a burst."""

from typing import Final

# Mouse reports of a full-screen program reach about 120 a second; a program that drives a terminal sends more.
FRAMES_A_SECOND: Final = 1000.0
BURST: Final = 2000.0  # A paste, or a phone that wakes up and sends what it kept.


class TokenBucket:
    """Counts frames of one socket. Times are seconds of any monotonic clock."""

    def __init__(self, *, now: float, rate: float = FRAMES_A_SECOND, burst: float = BURST) -> None:
        self._rate = rate
        self._burst = burst
        self._tokens = burst
        self._filled_at = now

    def take(self, *, now: float) -> bool:
        """Take one token; return False when there is none left."""
        self._tokens = min(self._burst, self._tokens + (now - self._filled_at) * self._rate)
        self._filled_at = now
        if self._tokens < 1:
            return False
        self._tokens -= 1
        return True
