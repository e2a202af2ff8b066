"""One process under the supervisor: started, listened to, started again when it dies, ended in bounded time."""

import asyncio
import contextlib
import os
import re
import signal
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tools.shell import die_with_parent
from tools.supervisor.backoff import Backoff
from tools.supervisor.logs import BoundedLog

# A line longer than this is cut; nothing that a person reads is.
LINE_BYTES = 64 * 1024
# Lines that the person in front of the screen should see; all others are in the log only.
IMPORTANT = re.compile(rb"\b(ERROR|CRITICAL|FATAL)\b|^Traceback ")


@dataclass(frozen=True)
class Command:
    """What to run. patience: seconds between asking it to end and killing it."""

    name: str
    argv: tuple[str, ...]
    environment: Mapping[str, str]
    patience: float = 10.0


@dataclass
class Child:
    """Keeps one command running until it is told to stop."""

    command: Command
    folder: Path
    log: Path
    say: Callable[[str], None]
    backoff: Backoff = field(default_factory=Backoff)
    starts: int = 0
    _process: asyncio.subprocess.Process | None = None
    _task: asyncio.Task[None] | None = None
    _stopping: bool = False

    @property
    def pid(self) -> int | None:
        """The process id while it runs."""
        return self._process.pid if self._process and self._process.returncode is None else None

    def start(self) -> None:
        """Begin to keep it running. Needs a running event loop."""
        self._task = asyncio.create_task(self._keep_running(), name=self.command.name)

    async def stop(self) -> None:
        """Ask it to end, kill its whole process group when it does not, and wait for both. Idempotent."""
        self._stopping = True
        if self._task is None:
            return
        if self.pid is None:
            # It waits for its next start, which must not come.
            self._task.cancel()
        else:
            self._signal(signal.SIGTERM)
        _, pending = await asyncio.wait([self._task], timeout=self.command.patience)
        if pending:
            self._signal(signal.SIGKILL)
            await asyncio.wait([self._task], timeout=self.command.patience)
        # Children of its own that outlived it (a worker's pool) are in the same group.
        self._signal(signal.SIGKILL)
        self._task = None

    def kill(self) -> None:
        """End it and its children this instant."""
        self._stopping = True
        self._signal(signal.SIGKILL)

    async def _keep_running(self) -> None:
        log = BoundedLog(self.log)
        try:
            while not self._stopping:
                started = time.monotonic()
                code = await self._run_once(log)
                if self._stopping:
                    return
                wait = self.backoff.next_wait(time.monotonic() - started)
                self.say(
                    f"{self.command.name} ended with {_reason(code)}; starts again in {wait:.1f} s (log: {self.log})"
                )
                await asyncio.sleep(wait)
        finally:
            log.close()

    async def _run_once(self, log: BoundedLog) -> int:
        self.starts += 1
        self._process = process = await asyncio.create_subprocess_exec(
            *self.command.argv,
            cwd=self.folder,
            env=dict(self.command.environment),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            limit=LINE_BYTES,
            # A group of its own: Ctrl-C reaches the supervisor only, which ends things in order.
            start_new_session=True,
            preexec_fn=die_with_parent,
        )
        if self._stopping:
            self._signal(signal.SIGTERM)
        listener = asyncio.create_task(self._listen(process, log))
        code = await process.wait()
        # Grandchildren may hold the pipe open; what they still say is not worth waiting for.
        await asyncio.wait([listener], timeout=1.0)
        listener.cancel()
        return code

    async def _listen(self, process: asyncio.subprocess.Process, log: BoundedLog) -> None:
        if process.stdout is None:
            return
        while True:
            try:
                line = await process.stdout.readuntil(b"\n")
            except asyncio.LimitOverrunError as error:
                line = await process.stdout.readexactly(error.consumed) + b"\n"
            except asyncio.IncompleteReadError as error:
                if error.partial:
                    log.write(error.partial + b"\n")
                return
            log.write(line)
            if IMPORTANT.search(line) and not self._stopping:
                self.say(f"{self.command.name}: {line.decode(errors='replace').rstrip()}")

    def _signal(self, number: signal.Signals) -> None:
        if self._process is not None:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self._process.pid, number)


def _reason(code: int) -> str:
    return f"code {code}" if code >= 0 else f"signal {signal.Signals(-code).name}"
