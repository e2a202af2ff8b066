"""What one browser may send: how often, and which input."""

from typing import Final

from terminal.closing import CloseCode, Refused
from terminal.protocol import BadFrame
from terminal.rates import TokenBucket

INPUT_WINDOW: Final = 65_536  # Bytes a browser may send beyond what was accepted: what the agent takes, too.


class Intake:
    """Bookkeeping of one viewer's input. Times are seconds of any monotonic clock."""

    def __init__(self, *, now: float) -> None:
        self._bucket = TokenBucket(now=now)
        self._accepted: int | None = None  # None until the first byte says where the count begins.
        self._next = 0

    def begin(self, accepted: int | None) -> None:
        """Start counting where the agent does; None for a viewer that the agent does not know."""
        self._accepted = accepted
        self._next = accepted or 0

    def accept(self, offset: int) -> None:
        """Note that the shell has every byte before `offset`."""
        self._accepted = offset
        self._next = max(self._next, offset)

    def check(self, offset: int, size: int) -> None:
        """Note input of `size` bytes at `offset`.

        Raises:
            BadFrame: if it leaves a hole, or is more than may wait for being accepted.
        """
        if self._accepted is None:
            self._accepted = self._next = offset
        end = offset + size
        if offset > self._next or end > self._accepted + INPUT_WINDOW:
            raise BadFrame(f"input {offset} to {end}, expected {self._next}, accepted {self._accepted}")
        self._next = max(self._next, end)

    def take_token(self, *, now: float) -> None:
        """Count one frame.

        Raises:
            Refused: if there were too many.
        """
        if not self._bucket.take(now=now):
            raise Refused(CloseCode.POLICY)
