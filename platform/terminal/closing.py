"""Why a terminal's socket is closed: the codes of `docs/terminal-protocol.md`."""

from enum import IntEnum


class CloseCode(IntEnum):
    """Codes below 4000 are WebSocket's own."""

    POLICY = 1008  # a frame no browser of ours sends, or far too many of them
    TOO_BIG = 1009  # a frame above the limit
    TRY_AGAIN = 1013  # the sandbox does not answer just now
    STALLED = 4008  # nothing was acknowledged for minutes, and the shell must not wait for ever
    SIGNED_OUT = 4401  # not signed in, not any more, or the account is inactive
    HELP_OVER = 4403  # the learner, the helper or the time ended what the learner had agreed to
    NOT_FOUND = 4404  # there is no such terminal for this person; unknown and foreign look alike
    RESET = 4409  # another sandbox stands behind the same address
    ENDED = 4410  # the lab session is over
    NOT_READY = 4425  # the lab session has no sandbox yet
    TOO_MANY = 4429  # this person or this lab session has too many sockets open


class Refused(Exception):
    """The socket is to be closed with `code`. The page turns it into a sentence for the learner."""

    def __init__(self, code: CloseCode) -> None:
        super().__init__(code.name)
        self.code = code
