"""What Muelle is measured against: a raw `docker run`, a bare stream from the agent, and terminado."""

from __future__ import annotations

import contextlib
import json
import os
import pty
import select
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from running_site import free_port, wait_for
from websockets.sync.client import ClientConnection, connect

FIRST_BYTE_TIMEOUT = 60.0  # seconds
HERE = Path(__file__).resolve().parent


def docker_run_to_prompt(engine_url: str, image: str) -> float:
    """Return the seconds from calling `docker run -it` to the first byte of its shell."""
    command = ["docker", "--host", engine_url, "run", "--rm", "-it", "--network", "none", image, "/bin/bash"]
    master, slave = pty.openpty()
    began = time.perf_counter()
    process = subprocess.Popen(command, stdin=slave, stdout=slave, stderr=slave, start_new_session=True)
    os.close(slave)
    try:
        ready, _, _ = select.select([master], [], [], FIRST_BYTE_TIMEOUT)
        if not ready:
            raise TimeoutError("docker run showed no prompt")
        os.read(master, 1)
        elapsed = time.perf_counter() - began
        os.write(master, b"exit\n")
        process.wait(30)
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()
        os.close(master)
    return elapsed


class Terminado:
    """A client of the terminado server, with the words of its protocol."""

    def __init__(self, socket: ClientConnection, pid: int) -> None:
        self.socket, self.pid = socket, pid

    def type(self, text: str) -> None:
        self.socket.send(json.dumps(["stdin", text]))

    def read(self, timeout: float) -> str:
        """Return the next piece of output. Raises TimeoutError."""
        while True:
            kind, *rest = json.loads(self.socket.recv(timeout))
            if kind == "stdout":
                return str(rest[0])

    def expect(self, text: str, timeout: float = 20.0) -> None:
        """Read until the output contains `text`. Raises TimeoutError."""
        seen, end = "", time.monotonic() + timeout
        while text not in seen:
            seen = (seen + self.read(max(0.01, end - time.monotonic())))[-65_536:]


@contextlib.contextmanager
def terminado() -> Iterator[Terminado]:
    """Run a terminado server and yield a client of one new terminal."""
    port = free_port()
    # It reports every frame that it could not send to a client that left.
    server = subprocess.Popen(
        [sys.executable, str(HERE / "terminado_server.py"), str(port)],
        start_new_session=True,
        stderr=subprocess.DEVNULL,
    )
    try:
        with _connected(port) as socket:
            peer = Terminado(socket, server.pid)
            peer.type("PS1=; echo rea''dy\r")
            peer.expect("ready\r\n")
            yield peer
    finally:
        server.kill()
        server.wait()


def _connected(port: int) -> ClientConnection:
    found: list[ClientConnection] = []

    def try_once() -> bool:
        with contextlib.suppress(OSError):
            found.append(connect(f"ws://127.0.0.1:{port}/ws", max_size=None, compression=None))
        return bool(found)

    wait_for(try_once, seconds=20, what="An answer of terminado")
    return found[0]


def resident_bytes(pid: int) -> int:
    """Return the memory that a process and its children hold."""
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")
