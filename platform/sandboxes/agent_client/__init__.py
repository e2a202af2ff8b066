"""Client of the agent that is PID 1 of every sandbox. Plain Python; the agent's every byte is treated as hostile."""

from .aio import PtyStream, connect
from .asking import DEFAULT_ENVIRONMENT, PtyCommand, login_shell
from .bootstrap import Bootstrap
from .errors import (
    AgentError,
    AgentLimit,
    AgentProtocolError,
    AgentRefused,
    AgentUnavailable,
    CannotConnect,
    CannotStart,
    PtyNotFound,
)
from .frames import INPUT_WINDOW, MAX_DATA, MAX_WINDOW
from .messages import Exited, Gap, InputAccepted, Output, Pong, PtyEvent, PtyHello, PtyInfo, Resized
from .sync import AgentClient, ProcessResult

__all__ = [
    "DEFAULT_ENVIRONMENT",
    "INPUT_WINDOW",
    "MAX_DATA",
    "MAX_WINDOW",
    "AgentClient",
    "AgentError",
    "AgentLimit",
    "AgentProtocolError",
    "AgentRefused",
    "AgentUnavailable",
    "Bootstrap",
    "CannotConnect",
    "CannotStart",
    "Exited",
    "Gap",
    "InputAccepted",
    "Output",
    "Pong",
    "ProcessResult",
    "PtyCommand",
    "PtyEvent",
    "PtyHello",
    "PtyInfo",
    "PtyNotFound",
    "PtyStream",
    "Resized",
    "connect",
    "login_shell",
]
