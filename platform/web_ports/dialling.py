"""The one way from this door into a sandbox: the agent connects to a port of the sandbox's own loopback address."""

import socket
from collections.abc import Awaitable, Callable
from pathlib import Path

from sandboxes.agent_client import AgentError, AgentLimit, CannotConnect, connect
from web_ports.refusals import NotShown, Reason

Dial = Callable[[Path, int], Awaitable[socket.socket]]
Dialler = Callable[[], Awaitable[socket.socket]]


async def dial(socket_path: Path, port: int) -> socket.socket:
    """A connection to a port of the sandbox behind that agent. Raises NotShown."""
    try:
        return await connect(socket_path, f"tcp:{port}")
    except CannotConnect as error:
        raise NotShown(Reason.NOTHING_LISTENS) from error
    except AgentLimit as error:
        raise NotShown(Reason.TOO_MANY) from error
    except AgentError as error:
        raise NotShown(Reason.NOT_READY) from error
