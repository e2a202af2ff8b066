"""The client is killed with -9 again and again, at seeded random moments; not a byte is lost or repeated."""

import asyncio
import hashlib
import os
import random
import signal
import time
from collections.abc import Callable, Coroutine
from pathlib import Path

import pytest

from sandboxes.agent_client import InputAccepted, Output, PtyCommand, PtyStream
from tests.contract.agent.viewing import PATIENCE, WINDOW, shell, viewing
from tests.contract.agent_process import AgentProcess

KILLS = 50
SIZE = 6_000_000
# Slow enough that the ring (1 MiB) covers the time a new client takes to start on a busy machine.
PRODUCER = """
import os, random, sys, time
generator = random.Random(int(sys.argv[1]))
left = int(sys.argv[2])
while left:
    piece = generator.randbytes(min(left, generator.randrange(1, 4096)))
    left -= len(piece)
    while piece:
        piece = piece[os.write(1, piece):]
    time.sleep(0.002)
"""
Client = Callable[[], Coroutine[None, None, None]]


def fork_client(client: Client) -> int:
    """Run the client in a process of its own, which a kill ends like a terminal process: without a word."""
    pid = os.fork()
    if pid == 0:
        code = 1
        try:
            asyncio.run(client())
            code = 0
        finally:
            os._exit(code)
    return pid


def kill_at(pid: int, size: Callable[[], int], threshold: int) -> bool:
    """Kill the client once `size` passes the threshold; False when it ended before by itself."""
    deadline = time.monotonic() + PATIENCE
    while size() < threshold:
        ended, status = os.waitpid(pid, os.WNOHANG)
        if ended:
            assert status == 0
            return False
        assert time.monotonic() < deadline
        time.sleep(0.0005)
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    return True


def kill_often(client: Client, size: Callable[[], int], total: int, generator: random.Random) -> int:
    """Start the client, kill it at random sizes, start it again, until it is through; how many were killed."""
    thresholds = sorted(generator.sample(range(1, total), KILLS))
    kills = 0
    while True:
        pid = fork_client(client)
        if not kill_at(pid, size, thresholds[kills] if kills < KILLS else total + 1):
            return kills
        kills += 1


@pytest.mark.parametrize("seed", [1, 2])
async def test_output_is_equal_by_hash(agent: AgentProcess, seed: int):
    received = agent.home / "received"
    received.touch()
    (agent.home / "producer.py").write_text(PRODUCER)
    spawn = shell(f"exec python3 -S producer.py {seed} {SIZE}", agent)

    async def client() -> None:
        with received.open("ab", buffering=0) as file:
            stream = await PtyStream.attach(
                agent.socket, name="main", viewer="v", offset=file.tell(), window=WINDOW, spawn=spawn
            )
            assert stream.hello.gap == 0
            while file.tell() < SIZE:
                event = await stream.read()
                if isinstance(event, Output):
                    assert event.offset == file.tell()
                    file.write(event.data)
                    await stream.acknowledge(file.tell())

    kills = await asyncio.to_thread(kill_often, client, lambda: received.stat().st_size, SIZE, random.Random(seed))

    assert kills == KILLS
    expected = expected_output(seed)
    assert hashlib.sha256(received.read_bytes()).hexdigest() == hashlib.sha256(expected).hexdigest()


def expected_output(seed: int) -> bytes:
    """What the producer puts out for this seed."""
    generator = random.Random(seed)
    pieces, left = [], SIZE
    while left:
        pieces.append(generator.randbytes(min(left, generator.randrange(1, 4096))))
        left -= len(pieces[-1])
    return b"".join(pieces)


async def test_input_is_equal_by_hash(agent: AgentProcess):
    generator = random.Random(3)
    data = generator.randbytes(SIZE)
    taken = agent.home / "taken"
    spawn = shell("echo ready; exec cat > taken", agent)

    async def client() -> None:
        stream = await PtyStream.attach(
            agent.socket, name="main", viewer="v", offset=0, window=WINDOW, spawn=PtyCommand(["/bin/false"])
        )
        sent = accepted = stream.hello.input_offset
        while accepted < SIZE:
            piece = data[sent : sent + 3000]
            if piece and sent - accepted < WINDOW - len(piece):
                await stream.write(sent, piece)
                sent += len(piece)
            else:
                event = await stream.read()
                accepted = event.offset if isinstance(event, InputAccepted) else accepted

    async with viewing(agent, spawn, viewer="watcher") as viewer:
        await viewer.until_output(b"ready\n")
    kills = await asyncio.to_thread(kill_often, client, lambda: size_of(taken), SIZE, generator)
    for _ in range(200):
        if size_of(taken) == SIZE:
            break
        await asyncio.sleep(0.05)

    assert kills >= KILLS - 5
    assert hashlib.sha256(taken.read_bytes()).hexdigest() == hashlib.sha256(data).hexdigest()


def size_of(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0
