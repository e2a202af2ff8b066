"""G4: from a keystroke to its echo, into a container; the peer's shell is on the machine itself."""

import asyncio
import os
import time

from lab import Lab
from measure import Row, percentile, summary
from peers import terminado

from sandboxes.agent_client import Output, PtyCommand, PtyStream

TARGET = 0.9  # of terminado's median, though its keystrokes have no container to cross
KEYS = 40  # keystrokes of each in a round; rounds alternate, so that noise hits all alike
RAW_CAT = "stty raw -echo; echo rea''dy; exec cat\r"


def measure(lab: Lab, rounds: int) -> list[Row]:
    """Alternate blocks of keystrokes through our door, the raw agent and terminado."""
    ours: list[float] = []
    raw: list[float] = []
    theirs: list[float] = []
    with lab.fresh_terminal() as terminal, terminado() as peer:
        terminal.type(RAW_CAT)
        terminal.expect("ready\n")
        peer.type(RAW_CAT)
        peer.expect("ready")
        for _round in range(rounds):
            for key in os.urandom(KEYS).hex()[:KEYS]:
                began, before = time.perf_counter(), len(terminal.output)
                terminal.type(key)
                terminal.read_until(lambda before=before: len(terminal.output) > before, what="an echo")
                ours.append(time.perf_counter() - began)
            for key in os.urandom(KEYS).hex()[:KEYS]:
                began = time.perf_counter()
                peer.type(key)
                peer.read(10)
                theirs.append(time.perf_counter() - began)
            raw += asyncio.run(_raw_round(lab))
    ratio = percentile(ours, 0.5) / percentile(theirs, 0.5)
    tax = (percentile(ours, 0.5) - percentile(raw, 0.5)) * 1000
    return [
        Row(
            "G4",
            "keystroke echo into a container, p50 / p95",
            summary(ours),
            f"terminado, local shell {summary(theirs)}",
            f"{ratio:.2f}",
            "≤ 0.90",
            ratio <= TARGET,
        ),
        Row(
            "G5",
            "the same less the raw agent stream, p50",
            f"{tax:.2f} ms",
            f"raw {summary(raw)}",
            "",
            "≤ 0.35 ms",
            tax <= 0.35,
        ),
    ]


async def _raw_round(lab: Lab) -> list[float]:
    """Type into a shell of the same sandbox over the agent's own socket, with nothing in between."""
    command = PtyCommand(argv=("/bin/sh", "-c", "stty raw -echo; exec cat"), env={})
    stream = await PtyStream.attach(
        lab.agent_socket(), name="raw", viewer=os.urandom(8).hex(), offset=0, window=65_536, spawn=command
    )
    times: list[float] = []
    try:
        await asyncio.sleep(0.3)  # until cat has the terminal
        position = stream.hello.input_offset
        for _key in range(KEYS):
            began = time.perf_counter()
            await stream.write(position, b"x")
            position += 1
            while not isinstance(event := await stream.read(), Output):
                pass
            times.append(time.perf_counter() - began)
            await stream.acknowledge(event.offset + len(event.data))
    finally:
        await stream.close()
    return times
