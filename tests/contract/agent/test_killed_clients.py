"""The client is killed with -9 again and again, at seeded random moments; not a byte is lost or repeated."""

import asyncio
import hashlib
import random
import time
from pathlib import Path

import pytest

from tests.contract.agent.conftest import Agent
from tests.contract.agent.killing import KILLS, kill_often, producing, receiving, sending, size_of
from tests.contract.agent.viewing import shell, viewing

SIZE = 6_000_000
SEED = 1


def digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


@pytest.mark.slow
def test_output_is_equal_by_hash(agent: Agent, tmp_path: Path):
    generator = random.Random(SEED)
    data = generator.randbytes(SIZE)
    (agent.home / "data").write_bytes(data)
    received = tmp_path / "received"
    client = receiving(agent.socket, shell(producing(SIZE), agent), received, SIZE)

    kills = kill_often(client, lambda: size_of(received), SIZE, generator)

    assert kills == KILLS
    assert digest(received.read_bytes()) == digest(data)


async def start_taking(agent: Agent) -> None:
    """Have a shell that writes what is typed to the file `taken`."""
    async with viewing(agent, shell("echo ready; exec cat > taken", agent), viewer="watcher") as viewer:
        await viewer.until_output(b"ready\n")


def test_input_is_equal_by_hash(agent: Agent):
    generator = random.Random(SEED)
    data = generator.randbytes(SIZE)
    taken = agent.home / "taken"
    asyncio.run(start_taking(agent))

    kills = kill_often(sending(agent.socket, data), lambda: size_of(taken), SIZE, generator)

    assert kills >= KILLS // 2
    deadline = time.monotonic() + 20
    while size_of(taken) < SIZE and time.monotonic() < deadline:
        time.sleep(0.05)
    assert digest(taken.read_bytes()) == digest(data)
