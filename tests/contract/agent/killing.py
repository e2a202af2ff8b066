"""Kill a client with -9 at seeded random moments and start it again, until it is through."""

import asyncio
import os
import random
import signal
import time
import traceback
from collections.abc import Callable, Coroutine
from pathlib import Path

from sandboxes.agent_client import InputAccepted, Output, PtyCommand, PtyStream

PATIENCE = 60.0
WINDOW = 65_536
KILLS = 50
CHUNK = 3000
Client = Callable[[], Coroutine[None, None, None]]


def kill_often(client: Client, size: Callable[[], int], total: int, generator: random.Random) -> int:
    """How often the client was killed: each time `size` passed one of KILLS random marks below `total`.

    Forks, so it must not be called while other threads run.
    """
    marks = sorted(generator.sample(range(1, total), KILLS))
    kills = 0
    while True:
        pid = _fork(client)
        if not _kill_at(pid, size, marks[kills] if kills < KILLS else total + 1):
            return kills
        kills += 1


def _fork(client: Client) -> int:
    """Run the client in a process of its own, which a kill ends as it ends a terminal process: without a word."""
    pid = os.fork()
    if pid == 0:
        code = 1
        try:
            asyncio.run(client())
            code = 0
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(code)
    return pid


def _kill_at(pid: int, size: Callable[[], int], mark: int) -> bool:
    """Kill the client once `size` passes the mark; False when it ended before, by itself."""
    deadline = time.monotonic() + PATIENCE
    while size() < mark:
        ended, status = os.waitpid(pid, os.WNOHANG)
        if ended:
            assert status == 0, "the client failed by itself"
            return False
        assert time.monotonic() < deadline, "the client does not get on"
        time.sleep(0.0005)
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    return True


def size_of(path: Path) -> int:
    """Bytes in a file that may not be there yet."""
    return path.stat().st_size if path.exists() else 0


def producing(size: int) -> str:
    """A shell script that puts out the file `data` at a pace at which the ring covers the start of a new client."""
    copy = f"dd if=data bs={CHUNK} skip=$i count=1 2>/dev/null"
    return f"i=0; while [ $i -lt {-(-size // CHUNK)} ]; do {copy}; sleep 0.001; i=$((i+1)); done"


def receiving(socket_path: Path, spawn: PtyCommand, received: Path, total: int, *, name: str = "main") -> Client:
    """A client that goes on where the file ends, until it has `total` bytes."""

    async def client() -> None:
        with received.open("ab", buffering=0) as file:
            stream = await PtyStream.attach(
                socket_path, name=name, viewer="v", offset=file.tell(), window=WINDOW, spawn=spawn
            )
            assert stream.hello.gap == 0
            while file.tell() < total:
                event = await stream.read()
                if isinstance(event, Output):
                    assert event.offset == file.tell()
                    file.write(event.data)
                    await stream.acknowledge(file.tell())

    return client


def sending(socket_path: Path, data: bytes) -> Client:
    """A client that types `data`, from where the agent says it stopped."""

    async def client() -> None:
        stream = await PtyStream.attach(socket_path, name="main", viewer="v", offset=0, window=WINDOW, spawn=None)
        sent = accepted = stream.hello.input_offset
        while accepted < len(data):
            piece = data[sent : sent + CHUNK]
            if piece and sent - accepted < WINDOW - len(piece):
                await stream.write(sent, piece)
                sent += len(piece)
            else:
                event = await stream.read()
                accepted = event.offset if isinstance(event, InputAccepted) else accepted

    return client
