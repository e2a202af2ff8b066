"""What Muelle is measured against: a raw `docker run`, containers by the bare engine API, and terminado."""

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

import docker
from running_site import free_port, wait_for
from websockets.sync.client import ClientConnection, connect

from sandboxes.runtimes.base import SandboxRequest
from sandboxes.runtimes.container_body import container_body
from sandboxes.runtimes.place import Place
from sandboxes.runtimes.profiles import ENGINE

FIRST_BYTE_TIMEOUT = 60.0  # seconds
HERE = Path(__file__).resolve().parent
# What a person would write who wants a prompt once the Docker inside answers.
ENGINE_THEN_SHELL = (
    "{program} >/dev/null 2>&1 & "
    "until curl --silent --fail --unix-socket {socket} http://engine/_ping >/dev/null; do sleep 0.1; done; exec bash"
)


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


def bare_engine_to_prompt(engine_url: str, image: str) -> float:
    """Return the seconds that the very same engine container takes by the engine's bare API.

    With a network made for it, but without agent, rows and queue. From the request to the first byte of a shell,
    which starts once its Docker answers.
    """
    inner = ENGINE.inner_engine
    if inner is None:
        raise RuntimeError("The profile has no engine in it.")
    network = f"bench-{os.urandom(6).hex()}"  # without one, the engine inside takes ten seconds longer to answer
    body = _engine_body(image, network, ENGINE_THEN_SHELL.format(program=inner.program, socket=inner.socket))
    client = docker.APIClient(base_url=engine_url, version="auto", timeout=int(FIRST_BYTE_TIMEOUT))
    began = time.perf_counter()
    client.create_network(network, driver="bridge", internal=True)
    made = client.create_container_from_config(body)["Id"]  # type: ignore[no-untyped-call]
    try:
        stream = client.attach_socket(made, params={"stdout": 1, "stream": 1})
        client.start(made)
        stream._sock.settimeout(FIRST_BYTE_TIMEOUT)
        if not stream._sock.recv(1):
            raise RuntimeError("The peer's shell ended before it showed a prompt.")
        return time.perf_counter() - began
    finally:
        client.remove_container(made, force=True, v=True)
        client.remove_network(network)
        client.close()


def _engine_body(image: str, network: str, script: str) -> dict[str, object]:
    """Return what the platform would send, less what belongs to the platform: labels and agent."""
    request = SandboxRequest(name="", sandbox_id="", image=image, profile=ENGINE.name, limits=ENGINE.default)
    body = container_body(request, Place(instance="", run_directory=Path("/"), agent_volume=""))
    body.update(Labels={}, Entrypoint=["/bin/sh", "-c", script], Tty=True, OpenStdin=True)
    body["HostConfig"].update(Mounts=[], NetworkMode=network)
    return body


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
