"""What can go wrong between the host and the agent of a sandbox.

All of these are for the caller (worker, terminal door), never for the learner as they are.
"""


class AgentError(Exception):
    """Base of everything this package raises on purpose."""


class AgentUnavailable(AgentError):
    """Nobody answers, or the connection broke: the sandbox is gone, going, or not up yet. May succeed later."""


class AgentProtocolError(AgentError):
    """The agent sent what the protocol does not allow. The sandbox is not to be trusted; never retry."""


class AgentRefused(AgentError):
    """The agent understood and said no. `code` is the protocol's, `errno` the kernel's (0 when there is none)."""

    def __init__(self, code: int, errno: int, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.errno = errno


class AgentLimit(AgentRefused):
    """A limit of the agent is reached (connections, ptys). May succeed later."""


class PtyNotFound(AgentRefused):
    """There is no pty of that name, and no command was given to start one."""


class CannotStart(AgentRefused):
    """The program could not be started at all: no such file, not executable, no such folder, no process left."""


class CannotConnect(AgentRefused):
    """Nobody listens at that address inside the sandbox."""


_BY_CODE: dict[int, type[AgentRefused]] = {2: AgentLimit, 3: PtyNotFound, 4: CannotStart, 5: CannotConnect}


def refusal(code: int, errno: int, message: str) -> AgentRefused:
    """The exception for an ERROR frame."""
    return _BY_CODE.get(code, AgentRefused)(code, errno, message)
