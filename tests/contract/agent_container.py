"""The agent where it belongs: PID 1 of a sandbox on a real engine, with the interface of AgentProcess."""

from __future__ import annotations

import ctypes
import os
import socket
import threading
import uuid
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import docker

from sandboxes.agent_client import AgentClient
from sandboxes.runtimes.base import Runtime, SandboxRequest
from sandboxes.runtimes.place import Place
from tests.contract.agent_process import descendants_of

CLONE_NEWNET = 0x40000000


class AgentContainer:
    """A sandbox of the standard profile. Needs root, to look into it from outside."""

    folder = "/home/learner"

    def __init__(self, runtime: Runtime, place: Place, image: str, engine: Any) -> None:
        self._runtime = runtime
        self._engine = engine
        identity = uuid.uuid4()
        self._request = SandboxRequest(
            name=place.sandbox_name(identity.hex), sandbox_id=str(identity), image=image, profile="standard"
        )
        self.socket = place.agent_socket(self._request.name)
        self.pid = 0

    @property
    def client(self) -> AgentClient:
        """A client of this agent."""
        return AgentClient(self.socket)

    @property
    def home(self) -> Path:
        """The learner's home as seen from outside."""
        return Path(f"/proc/{self.pid}/root{self.folder}")

    def make_socket(self, family: socket.AddressFamily) -> socket.socket:
        """A stream socket that belongs to the sandbox's network namespace."""
        made: list[socket.socket] = []
        # A thread of its own, because it cannot come back from the namespace.
        thread = threading.Thread(target=self._make_socket_inside, args=(family, made))
        thread.start()
        thread.join()
        return made[0]

    def descendants(self) -> list[int]:
        """Process ids, as seen from outside, of everything in the sandbox but the agent."""
        return descendants_of(self.pid)

    def kill(self) -> None:
        """End the sandbox from outside."""
        self._engine.kill(self._request.name)

    def _make_socket_inside(self, family: socket.AddressFamily, made: list[socket.socket]) -> None:
        namespace = os.open(f"/proc/{self.pid}/ns/net", os.O_RDONLY)
        try:
            if ctypes.CDLL(None, use_errno=True).setns(namespace, CLONE_NEWNET) == 0:
                made.append(socket.socket(family))
        finally:
            os.close(namespace)

    def __enter__(self) -> Self:
        self._runtime.start(self._runtime.create(self._request))
        self.pid = int(self._engine.inspect_container(self._request.name)["State"]["Pid"])
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._runtime.destroy(self._request.name)


def engine_client(url: str) -> Any:
    """The engine's own client, for what a runtime does not do."""
    return docker.APIClient(base_url=url, version="auto", timeout=30)
