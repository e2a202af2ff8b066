"""How long to wait before a process that died is started again."""

from dataclasses import dataclass

# A learner whose page server was killed should hardly notice.
FIRST_SECONDS = 0.2
# A process that cannot start must not fill the log or keep a core busy.
LONGEST_SECONDS = 30.0
# Who ran this long had started well; its next death is a new story.
STEADY_SECONDS = 30.0

# Beyond this the limit is reached anyway, and a float ends at 2**1023.
MOST_DOUBLINGS = 64


@dataclass
class Backoff:
    """Doubles the wait with every early death and forgets after a steady run."""

    first: float = FIRST_SECONDS
    longest: float = LONGEST_SECONDS
    steady: float = STEADY_SECONDS
    _early_deaths: int = 0

    def next_wait(self, ran_for: float) -> float:
        """Seconds to wait after a process that ran for so many seconds."""
        if ran_for >= self.steady:
            self._early_deaths = 0
        wait = min(self.first * 2.0 ** min(self._early_deaths, MOST_DOUBLINGS), self.longest)
        self._early_deaths += 1
        return wait
