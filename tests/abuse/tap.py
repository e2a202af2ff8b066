"""A socket in front of an engine's that keeps what it is asked, so that tests can read all of it."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

PIECE = 65536
END_OF_HEAD = b"\r\n\r\n"


@dataclass(frozen=True)
class Asked:
    """One request."""

    method: str
    path: str
    """With its query."""
    body: Any
    """What its JSON says; None where it has none."""


@dataclass
class Tap:
    """Everything that was asked, connection by connection."""

    path: Path
    """Where it listens."""
    engine: str
    """The path of the engine's own socket."""
    streams: list[bytearray] = field(default_factory=list)

    def requests(self) -> list[Asked]:
        """All requests so far, those of one connection in their order."""
        return [asked for stream in self.streams for asked in _requests(bytes(stream))]

    def serve(self, listener: socket.socket) -> None:
        """Accept until the listener is closed."""
        while True:
            try:
                client, _address = listener.accept()
            except OSError:
                return
            engine = socket.socket(socket.AF_UNIX)
            engine.connect(self.engine)
            kept = bytearray()
            self.streams.append(kept)
            threading.Thread(target=_pass_on, args=(client, engine, kept), daemon=True).start()
            threading.Thread(target=_pass_on, args=(engine, client, None), daemon=True).start()


def _pass_on(source: socket.socket, target: socket.socket, kept: bytearray | None) -> None:
    with suppress(OSError):
        while piece := source.recv(PIECE):
            if kept is not None:
                kept += piece
            target.sendall(piece)
    for end in (source, target):
        with suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)
    if kept is not None:
        return
    for end in (source, target):
        end.close()


def _requests(stream: bytes) -> Iterator[Asked]:
    while END_OF_HEAD in stream:
        head, _, stream = stream.partition(END_OF_HEAD)
        first, *lines = head.decode().split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        assert "chunked" not in headers.get("transfer-encoding", ""), first
        length = int(headers.get("content-length", 0))
        body, stream = stream[:length], stream[length:]
        method, path, _version = first.split(" ")
        yield Asked(method, path, json.loads(body) if body else None)


@contextmanager
def tapped(path: Path, engine: str) -> Iterator[Tap]:
    """Listen on `path` in place of the engine at the socket `engine`."""
    tap = Tap(path, engine)
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(path))
        listener.listen(64)
        threading.Thread(target=tap.serve, args=(listener,), daemon=True).start()
        yield tap
        listener.shutdown(socket.SHUT_RDWR)
