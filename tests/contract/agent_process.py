"""The real agent as a plain local process, for every test that needs a sandbox's agent but no container.

It is compiled once per test run, from the sources in platform/sandboxes/agent. What it lacks outside a container: it is
not PID 1, so SIGKILL works on it; and what it starts sees the machine the tests run on.
"""

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import tempfile
from pathlib import Path
from types import TracebackType
from typing import Self

from sandboxes.agent_client import AgentClient, Bootstrap

SOURCES = Path(__file__).resolve().parents[2] / "platform" / "sandboxes" / "agent"
# Compiling takes about five seconds on a busy machine with two cores.
COMPILE_TIMEOUT = 120
READY_TIMEOUT = 10.0


def compile_agent(target: Path, *, sanitized: bool = False) -> Path:
    """Compile the agent to `target`, as sandboxes get it or with the compiler's checks of memory and arithmetic."""
    environment = dict(os.environ)
    if sanitized:
        environment |= {"CFLAGS": "-g -fsanitize=address,undefined -fno-sanitize-recover=all", "LDFLAGS": ""}
    subprocess.run([SOURCES / "build.sh", target], env=environment, check=True, timeout=COMPILE_TIMEOUT)
    return target


def descendants_of(pid: int) -> list[int]:
    """Process ids of all children of a process, and theirs."""
    children: dict[int, list[int]] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            child, rest = stat.read_text(errors="replace").split(" (", 1)
        except OSError:
            continue
        children.setdefault(int(rest.rsplit(") ", 1)[1].split()[1]), []).append(int(child))
    found, unseen = [], [pid]
    while unseen:
        offspring = children.get(unseen.pop(), [])
        found += offspring
        unseen += offspring
    return found


class AgentProcess:
    """A running agent: `with AgentProcess(binary) as agent: agent.client.run(...)`.

    `socket` is where it is reached, `home` a folder that tests may use as working folder. On exit it is ended, with
    all that it started in its ptys and runs. With `uid` it runs as that user, as it does in a sandbox; only root can
    have that.
    """

    def __init__(self, binary: Path, *, uid: int | None = None) -> None:
        self._binary = binary
        self._uid = uid
        # Not pytest's tmp_path: paths of unix sockets are at most 107 bytes.
        self._folder = Path(tempfile.mkdtemp(prefix="muelle-agent-"))
        self.home = self._folder / "home"
        self.home.mkdir()
        self.socket = self._folder / "agent.sock"
        self._bootstrap = Bootstrap(self._folder / "boot", self.socket)
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def client(self) -> AgentClient:
        """A client of this agent."""
        return AgentClient(self.socket)

    @property
    def pid(self) -> int:
        """The agent's process id."""
        assert self.process is not None
        return self.process.pid

    def start(self) -> Self:
        """Start the agent and hand its listener over."""
        self._bootstrap.prepare()
        if self._uid is not None:
            self._move_to_user(self._uid)
        self.process = subprocess.Popen(
            [self._binary, self._folder / "boot" / "boot.sock"],
            start_new_session=True,
            user=self._uid,
            group=self._uid,
            extra_groups=None if self._uid is None else [],
        )
        self._bootstrap.hand_over(timeout=READY_TIMEOUT)
        self.client.wait_ready(timeout=READY_TIMEOUT)
        return self

    def _move_to_user(self, uid: int) -> None:
        """Make everything reachable for that user, and the program as unreadable as it is in a sandbox."""
        self._binary = Path(shutil.copy(self._binary, self._folder / "agent"))
        self._binary.chmod(0o711)
        self._folder.chmod(0o711)
        os.chown(self.home, uid, uid)

    @property
    def folder(self) -> str:
        """The home as what the agent starts sees it: the same."""
        return str(self.home)

    def make_socket(self, family: socket.AddressFamily) -> socket.socket:
        """A stream socket where the agent's programs can reach it."""
        return socket.socket(family)

    def kill(self) -> None:
        """End the agent at once."""
        os.kill(self.pid, signal.SIGKILL)

    def descendants(self) -> list[int]:
        """Process ids of everything the agent started and has not reaped."""
        return descendants_of(self.pid)

    def stop(self) -> None:
        """Kill the agent and what it started, and remove its files."""
        if self.process is not None:
            for pid in self.descendants():
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            self.process.kill()
            self.process.wait()
        self._bootstrap.remove()
        shutil.rmtree(self._folder, ignore_errors=True)

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
