"""A12: the archive API and everything like it is never called; the engine would run the sandbox's programs as root."""

from __future__ import annotations

import re
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import docker
import pytest

from sandboxes.agent_client import AgentClient
from sandboxes.interior import lay_out_home, push_to_home
from sandboxes.runtimes.base import SandboxRequest
from sandboxes.runtimes.docker import DockerRuntime
from tests.abuse.harness import Range
from tests.sandboxes.test_interior import File

PLATFORM = Path(__file__).resolve().parents[2] / "platform"
REQUEST_LINE = re.compile(rb"(?:GET|HEAD|POST|PUT|DELETE) (?:/v[0-9.]+)?(/[^ ?]*)[^ ]* HTTP/1\.1\r\n")
NEVER = re.compile(r"/(archive|exec|export|commit|copy|prune|attach|update|pull)\b|/images/create")


@contextmanager
def tapped(engine_url: str, socket_path: Path) -> Iterator[list[str]]:
    """A relay to the engine that writes down the path of every request."""
    asked: list[str] = []
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(str(socket_path))
    listener.listen()

    def relay(source: socket.socket, target: socket.socket, tap: bool) -> None:
        with suppress(OSError):
            while data := source.recv(65536):
                if tap:
                    asked.extend(match.decode() for match in REQUEST_LINE.findall(data))
                target.sendall(data)
        with suppress(OSError):
            target.shutdown(socket.SHUT_WR)

    def serve(caller: socket.socket) -> None:
        with caller, socket.socket(socket.AF_UNIX) as engine:
            engine.connect(engine_url.removeprefix("unix://"))
            back = threading.Thread(target=relay, args=(engine, caller, False), daemon=True)
            back.start()
            relay(caller, engine, True)
            back.join(5)

    def accept() -> None:
        with suppress(OSError):
            while True:
                caller, _ = listener.accept()
                threading.Thread(target=serve, args=(caller,), daemon=True).start()

    thread = threading.Thread(target=accept, daemon=True)
    thread.start()
    yield asked
    listener.shutdown(socket.SHUT_RDWR)
    thread.join(5)
    listener.close()


@pytest.mark.docker
@pytest.mark.abuse
def test_a12_a_whole_life_needs_no_dangerous_call(range_: Range) -> None:
    tap = range_.place.run_directory / "tap.sock"
    tap.parent.mkdir(parents=True, exist_ok=True)
    identity = "6e1b1c39-5f0e-4d0b-9b0e-2f6f0f3f7a11"
    name = range_.place.sandbox_name(identity.replace("-", ""))

    with tapped(range_.engine_url, tap) as asked:
        runtime = DockerRuntime(engine_url=f"unix://{tap}", place=range_.place)
        handle = runtime.create(SandboxRequest(name=name, sandbox_id=identity, image=range_.image))
        runtime.start(handle)
        agent = AgentClient(range_.place.agent_socket(name))
        lay_out_home(agent)
        push_to_home(agent, [File("note.txt", b"hola")])
        runtime.stats(handle)
        runtime.list()
        runtime.destroy(name)
        runtime.close()
        life = list(asked)

        assert f"/containers/{handle}/start" in life
        assert [path for path in life if NEVER.search(path)] == []

        # The control: the tap sees such a call when there is one, here for a container that has never started.
        handle = range_.runtime.create(SandboxRequest(name=name, sandbox_id=identity, image=range_.image))
        client = docker.APIClient(base_url=f"unix://{tap}", version="1.41", timeout=30)
        content, _ = client.get_archive(handle, "/etc/hostname")
        content.close()
        client.close()
        range_.runtime.destroy(name)

    assert any(NEVER.search(path) for path in asked)


@pytest.mark.abuse
def test_a12_no_source_names_the_archive_api() -> None:
    guilty = [
        str(path.relative_to(PLATFORM))
        for path in PLATFORM.rglob("*.py")
        if re.search(r"\.(put_archive|get_archive|exec_create|exec_run|exec_start)\(", path.read_text("utf-8"))
    ]

    assert guilty == []
