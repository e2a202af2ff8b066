"""The little that set-up asks an engine directly: whether it answers, and who it is. The docker CLI does all else."""

import http.client
import json
import socket
from typing import Any, cast
from urllib.parse import urlsplit

# A local engine answers in milliseconds; a busy one in a second.
ANSWER_SECONDS = 5.0


class _UnixConnection(http.client.HTTPConnection):
    def __init__(self, path: str) -> None:
        super().__init__("localhost", timeout=ANSWER_SECONDS)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self._path)


def get(url: str, path: str) -> tuple[int, bytes]:
    """GET `path` from the engine at `url` (unix:// or plain tcp://). Raises OSError when it does not answer."""
    parts = urlsplit(url)
    connection: http.client.HTTPConnection
    if parts.scheme == "unix":
        connection = _UnixConnection(parts.path)
    elif parts.scheme in ("tcp", "http"):
        connection = http.client.HTTPConnection(
            parts.hostname or "localhost", parts.port or 2375, timeout=ANSWER_SECONDS
        )
    else:
        raise OSError(f"engines at {parts.scheme}:// are not supported")
    try:
        connection.request("GET", path)
        response = connection.getresponse()
        return response.status, response.read()
    except http.client.HTTPException as error:
        raise OSError(str(error)) from error
    finally:
        connection.close()


def answers(url: str) -> bool:
    """Whether an engine answers at `url`."""
    try:
        return get(url, "/_ping")[0] == http.client.OK
    except OSError:
        return False


def information(url: str) -> dict[str, Any]:
    """What the engine says of itself (`docker info`). Raises OSError."""
    status, body = get(url, "/info")
    if status != http.client.OK:
        raise OSError(f"the engine at {url} answered {status}")
    return cast(dict[str, Any], json.loads(body))
