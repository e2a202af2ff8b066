"""G8: output into the viewer, every byte of it."""

import asyncio
import hashlib
import os
import time

from lab import Lab
from measure import Row, percentile
from terminal_client import TerminalClient

from sandboxes.agent_client import Exited, Output, PtyCommand, PtyStream

TARGET = 0.6  # of the raw agent stream
STREAMS = 100
SIZE = 2_000_000  # bytes of one stream
LARGE = 30_000_000  # bytes of one measurement of speed


def measure(lab: Lab, rounds: int) -> list[Row]:
    """First speed, alternating with the raw stream; then a hundred streams whose hashes must be equal."""
    ours, raw = [], []
    with lab.fresh_terminal() as terminal:
        terminal.run("stty -opost")
        for _round in range(max(3, rounds // 4)):
            ours.append(LARGE / _timed(terminal))
            raw.append(LARGE / asyncio.run(_raw(lab)))
        exact = sum(_stream_is_exact(terminal, number) for number in range(STREAMS))
    ratio = percentile(ours, 0.5) / percentile(raw, 0.5)
    speed, baseline = (
        f"{percentile(ours, 0.5) / 1e6:.0f} MB/s",
        f"raw agent stream {percentile(raw, 0.5) / 1e6:.0f} MB/s",
    )
    return [
        Row("G8", "throughput into the viewer, p50", speed, baseline, f"{ratio:.2f}", "≥ 0.60", ratio >= TARGET),
        Row(
            "G8",
            f"streams of {SIZE / 1e6:.0f} MB with equal SHA-256",
            f"{exact} of {STREAMS}",
            "",
            "",
            "all",
            exact == STREAMS,
        ),
    ]


def _timed(terminal: TerminalClient) -> float:
    start = len(terminal.output)
    terminal.type(f"head -c {LARGE} /dev/zero | tr '\\0' x\r")
    began = time.perf_counter()
    terminal.read_until(lambda: len(terminal.output) - start > LARGE, what="the whole stream", seconds=120)
    elapsed = time.perf_counter() - began
    terminal.output.clear()
    return elapsed


def _stream_is_exact(terminal: TerminalClient, number: int) -> bool:
    """Print a pseudo-random stream between two marks, and compare its hash with the one computed in the sandbox."""
    terminal.output.clear()
    mark = os.urandom(8).hex()
    path = f"/tmp/stream-{number % 2}"
    make = f"seq {number * 7919} 99999999 | head -c {SIZE} > {path}"
    terminal.type(
        f"{make}; sha256sum < {path}; printf %s {mark[:8]}''{mark[8:]}; cat {path}; printf %s {mark[8:]}''{mark[:8]}\r"
    )
    first, last = mark.encode(), (mark[8:] + mark[:8]).encode()
    terminal.read_until(lambda: last in terminal.output[-200:], what="the end of a stream", seconds=60)
    shown = bytes(terminal.output)
    body = shown.split(first, 1)[1].rsplit(last, 1)[0]
    return len(body) == SIZE and hashlib.sha256(body).hexdigest().encode() in shown


async def _raw(lab: Lab) -> float:
    """Return the seconds that the same bytes take from the agent's socket to this process."""
    command = PtyCommand(argv=("/bin/sh", "-c", f"stty -opost; head -c {LARGE} /dev/zero | tr '\\0' x"), env={})
    began = time.perf_counter()
    stream = await PtyStream.attach(
        lab.agent_socket(), name="raw", viewer=os.urandom(8).hex(), offset=0, window=262_144, spawn=command
    )
    try:
        while not isinstance(event := await stream.read(), Exited):
            if isinstance(event, Output):
                await stream.acknowledge(event.offset + len(event.data))
    finally:
        await stream.close()
    return time.perf_counter() - began
