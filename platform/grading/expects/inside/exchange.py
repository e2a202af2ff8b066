"""One HTTP request to somebody who may lie, drip or flood, within limits of time and memory.

Only GET exists here, so that looking changes nothing. Redirects are answers like any other; nothing is decompressed.
"""

from __future__ import annotations

import socket
import time
from collections.abc import Sequence
from dataclasses import dataclass

import h11

READ_SIZE = 65_536  # bytes of one read of the socket
MAX_HEAD = 16_384  # bytes of status line and headers, and of the line before a chunk
# Pieces of one byte are six on the wire; who sends more around the body than that sends nothing but wrapping.
WRAPPING = 8


class NoHttp(Exception):
    """What answers does not speak HTTP, or broke off in the middle."""


class TooSlow(Exception):
    """The answer was not whole in time."""


@dataclass(frozen=True, kw_only=True)
class Response:
    """An answer, as far as it was read."""

    status: int
    headers: tuple[tuple[str, str], ...]
    """Names in small letters."""
    body: bytes
    complete: bool
    """Whether that is the whole body; else the limit was reached."""


def get(
    connection: socket.socket,
    target: str,
    *,
    host: str,
    headers: Sequence[tuple[str, str]] = (),
    deadline: float,
    limit: int,
) -> Response:
    """Ask for `target` over a connection and read at most `limit` bytes of what comes, until `deadline` (monotonic).

    The connection is good for nothing afterwards; the caller closes it. Raises NoHttp, TooSlow.
    """
    dialogue = h11.Connection(our_role=h11.CLIENT, max_incomplete_event_size=MAX_HEAD)
    head = [("Host", host), ("Connection", "close"), ("Accept-Encoding", "identity"), *headers]
    request = dialogue.send(h11.Request(method="GET", target=target, headers=head))
    reader = _Reader(connection, dialogue, deadline, WRAPPING * limit + 4 * MAX_HEAD)
    try:
        connection.settimeout(_left(deadline))
        connection.sendall((request or b"") + (dialogue.send(h11.EndOfMessage()) or b""))
        return _read(reader, limit)
    except TimeoutError:
        raise TooSlow from None
    except (OSError, h11.RemoteProtocolError) as error:
        raise NoHttp(str(error)) from error


class _Reader:
    """Feeds what arrives to the parser, within the limits."""

    def __init__(self, connection: socket.socket, dialogue: h11.Connection, deadline: float, most: int) -> None:
        self._connection = connection
        self._dialogue = dialogue
        self._deadline = deadline
        self._left = most

    def next_event(self) -> h11.Event | None:
        """Return what came next; None where more came than an honest answer of the size that is read could have."""
        while (event := self._dialogue.next_event()) is h11.NEED_DATA:
            self._connection.settimeout(_left(self._deadline))
            data = self._connection.recv(READ_SIZE)
            self._left -= len(data)
            if self._left < 0:
                return None
            self._dialogue.receive_data(data)
        if not isinstance(event, h11.Event):  # paused: the answer was over and something else began
            raise NoHttp("it changed to another protocol")
        return event


def _read(reader: _Reader, limit: int) -> Response:
    response, body, complete = None, bytearray(), False
    while (event := reader.next_event()) is not None and len(body) <= limit:
        if isinstance(event, h11.Response):
            response = event
        elif isinstance(event, h11.Data):
            body += event.data
        elif isinstance(event, h11.EndOfMessage):
            complete = len(body) <= limit
            break
        elif not isinstance(event, h11.InformationalResponse):
            break
    if response is None:
        raise NoHttp("there was no answer, only what goes before one")
    headers = tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in response.headers)
    return Response(status=response.status_code, headers=headers, body=bytes(body[:limit]), complete=complete)


def _left(deadline: float) -> float:
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left
