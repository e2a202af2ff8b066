"""Hands a sandbox's agent the socket on which it is reached for life (docs/agent-protocol.md)."""

import array
import contextlib
import socket
import time
from pathlib import Path

from .errors import AgentProtocolError, AgentUnavailable

# More callers than the agent serves at once never wait long: it accepts in its loop.
BACKLOG = 64
_HANDOVER = b"L"
_RECEIVED = b"R"


class Bootstrap:
    """The two sockets of one sandbox, between its creation and the moment its agent has taken the listener.

    `boot_directory` is what gets mounted read-only at /.muelle/boot; `agent_socket` is where the agent will be reached.
    Both must be in directories that only we can enter: paths of sockets are their only protection.
    """

    def __init__(self, boot_directory: Path, agent_socket: Path) -> None:
        self._boot_directory = boot_directory
        self._boot_socket = boot_directory / "boot.sock"
        self._agent_socket = agent_socket
        self._bootstrap: socket.socket | None = None
        self._listener: socket.socket | None = None

    def prepare(self) -> None:
        """Make both sockets; what an earlier attempt left is replaced. To be called before the container starts."""
        self._boot_directory.mkdir(mode=0o755, parents=True, exist_ok=True)
        # The learner's uid must enter the mounted directory and connect, whatever our umask is.
        self._boot_directory.chmod(0o755)
        self._agent_socket.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._listener = _listen(self._agent_socket, 0o600)
        self._bootstrap = _listen(self._boot_socket, 0o666)

    def hand_over(self, *, timeout: float) -> None:
        """Wait for the agent, give it the listener, remove the bootstrap. Raises AgentUnavailable if it stays away."""
        if self._bootstrap is None or self._listener is None:
            raise RuntimeError("prepare() comes first")
        deadline = time.monotonic() + timeout
        try:
            self._bootstrap.settimeout(timeout)
            connection, _ = self._bootstrap.accept()
            with contextlib.closing(connection):
                connection.settimeout(max(deadline - time.monotonic(), 0.001))
                descriptor = array.array("i", [self._listener.fileno()])
                connection.sendmsg([_HANDOVER], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, descriptor)])
                if connection.recv(1) != _RECEIVED:
                    raise AgentProtocolError("the agent did not confirm its listener")
        except OSError as error:
            raise AgentUnavailable(f"the agent did not fetch its listener: {error}") from error
        finally:
            self.close()

    def close(self) -> None:
        """Close our ends and unlink the bootstrap. The agent's socket stays and works while the agent lives."""
        for ours in (self._bootstrap, self._listener):
            if ours is not None:
                ours.close()
        self._bootstrap = self._listener = None
        self._boot_socket.unlink(missing_ok=True)

    def remove(self) -> None:
        """Remove everything from the file system, at the sandbox's end. Safe to repeat."""
        self.close()
        self._agent_socket.unlink(missing_ok=True)
        with contextlib.suppress(OSError):
            self._boot_directory.rmdir()


def _listen(path: Path, mode: int) -> socket.socket:
    path.unlink(missing_ok=True)
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        listener.bind(str(path))
        path.chmod(mode)
        listener.listen(BACKLOG)
    except OSError:
        listener.close()
        raise
    return listener
