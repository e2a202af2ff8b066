"""A running site as `make run LAN=1` starts it, and a phone in another network namespace."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright
from running_site import MORTAL, ROOT, RunningSite, free_port

from config.authority import issue
from tests.e2e.terminal_page import CHROMIUM
from tests.lan.line import SERVER
from tools.supervisor.child import Command
from tools.supervisor.classroom import LAB_PORTS, Classroom
from tools.workspace import Workspace


class ClassroomSite(RunningSite):
    """`address` is where the room finds it; `secure_address` the same by https."""

    def __init__(self, directory: Path, **settings: str) -> None:
        super().__init__(directory, ALLOWED_HOSTS=f"localhost,127.0.0.1,{SERVER}", **settings)
        environ = {**os.environ, "LAN": "1", "MUELLE_STATE": str(directory)}
        ports = [free_port() for _ in range(2 * LAB_PORTS + 1)]
        self.classroom = Classroom(
            Workspace(root=ROOT, environ=environ),
            self.port,
            ports[0],
            tuple(ports[1 : LAB_PORTS + 1]),
            tuple(ports[LAB_PORTS + 1 :]),
        )
        issue(self.classroom.folder, ["localhost", "127.0.0.1", SERVER])
        self.secure_address = f"https://{SERVER}:{ports[0]}"
        self.servers = {
            command.name: command
            for command in self.classroom.serve([Command("asgi", (), self.environment(engine=False))])
        }

    @property
    def authority(self) -> str:
        """The file of the certificate that people install."""
        return str(self.classroom.folder / "authority.pem")

    def commands(self) -> dict[str, tuple[list[str], bool]]:
        """Return the commands of a site, with the servers of a classroom."""
        servers = {name: (list(command.argv), False) for name, command in self.servers.items()}
        return {**super().commands(), **servers}

    def start(self, name: str, **settings: str) -> None:
        """Start one process, the servers with their own settings."""
        own = dict(self.servers[name].environment) if name in self.servers else {}
        super().start(name, **{**own, **settings})

    def up(self) -> None:
        """Bring everything up, https too."""
        super().up()
        self.start("asgi-https")
        self.address = f"http://{SERVER}:{self.port}"

    def down(self) -> None:
        """End everything."""
        if "asgi-https" in self.processes:
            self.kill("asgi-https")
        super().down()


@contextmanager
def other_namespace() -> Iterator[int]:
    """Yield the pid of a process that has a network of its own."""
    command = [*MORTAL, "unshare", "--net", "sh", "-c", "echo up; exec sleep infinity"]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        yield process.pid
        process.kill()


@contextmanager
def browser_in(pid: int, folder: Path) -> Iterator[Browser]:
    """Yield a Chromium that lives in the network of a process; it is driven through a pipe, which needs no network."""
    start = folder / "chromium"
    start.write_text(f'#!/bin/sh\nexec nsenter --net=/proc/{pid}/ns/net {CHROMIUM} "$@"\n')
    start.chmod(0o755)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=start, args=["--no-sandbox"])
        yield browser
        browser.close()
