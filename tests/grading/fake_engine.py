"""An engine for tests: it answers what it was told to, over HTTP on a unix socket, and remembers what it was asked."""

import json
import socket
import threading
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qs, unquote, urlsplit

Behaviour = Callable[[socket.socket], None]
"""What is done with a connection instead of an honest answer."""


class FakeEngine:
    """`with FakeEngine(path) as engine: engine.has("/containers/json", [...])`."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.requests: list[str] = []
        """The first line of each request."""
        self.behaviour: Behaviour | None = None
        self._answers: dict[str, Any] = {}
        self._listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)

    @property
    def address(self) -> str:
        """Where it is, as the agent is told."""
        return f"unix:{self.path}"

    @property
    def paths(self) -> list[str]:
        """What was asked for, without the query."""
        return [unquote(urlsplit(line.split()[1]).path) for line in self.requests]

    def query(self, number: int) -> dict[str, list[str]]:
        """The query of one request."""
        return parse_qs(urlsplit(self.requests[number].split()[1]).query)

    def has(self, path: str, answer: Any) -> None:
        """Answer `answer` (bytes as they are, anything else as JSON) at a path. Everywhere else there is 404."""
        self._answers[path] = answer

    def _serve(self) -> None:
        while True:
            try:
                connection, _address = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._handle, args=(connection,), daemon=True).start()

    def _handle(self, connection: socket.socket) -> None:
        connection.settimeout(30)
        with connection:
            try:
                head = b""
                while b"\r\n\r\n" not in head:
                    head += connection.recv(4096)
                self.requests.append(head.split(b"\r\n")[0].decode())
                if self.behaviour is not None:
                    self.behaviour(connection)
                else:
                    connection.sendall(self._answer(self.paths[-1]))
            except OSError:
                return  # whoever asked has heard enough

    def _answer(self, path: str) -> bytes:
        if path not in self._answers:
            return answer(b'{"message":"no such thing"}', "404 Not Found")
        given = self._answers[path]
        return answer(given if isinstance(given, bytes) else json.dumps(given).encode())

    def __enter__(self) -> Self:
        self.path.unlink(missing_ok=True)
        self._listener.bind(str(self.path))
        self.path.chmod(0o777)
        self._listener.listen(16)
        threading.Thread(target=self._serve, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()


def answer(body: bytes, status: str = "200 OK") -> bytes:
    """An honest answer on the wire."""
    head = f"HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    return head.encode() + body


def listed(number: int, name: str, **more: Any) -> dict[str, Any]:
    """A container as a list has it."""
    return {
        "Id": container_id(number),
        "Names": [f"/{name}", f"/other/{name}"],
        "State": "running",
        "Labels": {},
        "Mounts": [],
        **more,
    }


def container_id(number: int) -> str:
    """An id as engines give them."""
    return f"{number:064x}"


def image_id(number: int) -> str:
    """An id of an image as engines give them."""
    return f"sha256:{number:064x}"


def inspected(name: str, **more: Any) -> dict[str, Any]:
    """A container as it is inspected; `more` replaces whole sections."""
    return {
        "Id": container_id(1),
        "Name": f"/{name}",
        "Image": image_id(1),
        "Path": "/docker-entrypoint.sh",
        "Args": ["nginx", "-g", "daemon off;"],
        "RestartCount": 0,
        "State": {"Status": "running", "Running": True, "ExitCode": 0},
        "Config": {"Image": "nginx", "Env": ["MODE=test", "EMPTY="], "Labels": {"tier": "front"}, "User": ""},
        "HostConfig": {
            "RestartPolicy": {"Name": "no", "MaximumRetryCount": 0},
            "Memory": 0,
            "NanoCpus": 0,
            "ReadonlyRootfs": False,
        },
        "NetworkSettings": {
            "Ports": {
                "80/tcp": [{"HostIp": "0.0.0.0", "HostPort": "8080"}, {"HostIp": "::", "HostPort": "8080"}],
                "443/tcp": None,
            },
            "Networks": {"bridge": {}},
        },
        "Mounts": [],
        **more,
    }


def image_listed(number: int, *tags: str, **more: Any) -> dict[str, Any]:
    """An image as a list has it."""
    return {"Id": image_id(number), "RepoTags": list(tags), "RepoDigests": None, "Labels": None, "Size": 1000, **more}
