"""Frames without the client's good manners, for tests that break the protocol on purpose."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager

from sandboxes.agent_client.frames import Frame, FrameDecoder
from sandboxes.agent_client.messages import Message, decode
from tests.contract.agent_process import AgentProcess

PATIENCE = 20.0


@contextmanager
def connected(agent: AgentProcess) -> Iterator[socket.socket]:
    """A bare connection to the agent."""
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(PATIENCE)
        connection.connect(str(agent.socket))
        yield connection


def frames_until_the_end(connection: socket.socket) -> list[Frame]:
    """Every frame until the agent shuts its side."""
    decoder = FrameDecoder()
    while data := connection.recv(65_536):
        decoder.feed(data)
    return list(iter(decoder.next_frame, None))


def answers(agent: AgentProcess, *pieces: bytes) -> list[Message]:
    """Send the pieces on a new connection; what the agent says until it shuts its side."""
    with connected(agent) as connection:
        for piece in pieces:
            connection.sendall(piece)
        return [decode(frame) for frame in frames_until_the_end(connection)]
