"""The stream: killed clients, a restarted engine, and how fast it is."""

import asyncio
import hashlib
import random
import signal
import tempfile
import time
from pathlib import Path

from sandboxes.agent_client import Output, PtyCommand, PtyStream, Resized
from tests.contract.agent.killing import KILLS, kill_often, producing, receiving, size_of
from tools.experiments.engine_sandbox.inner import verdict
from tools.experiments.engine_sandbox.sandbox import ENVIRONMENT, Sandbox
from tools.experiments.engine_sandbox.throwaway import ThrowawayEngine

SIZE = 6_000_000
ECHOES = 2000
FLOOD = 100_000_000
RESTART_TIMEOUT = 120.0


def raw(script: str) -> PtyCommand:
    """A script in a raw terminal."""
    return PtyCommand(["/bin/sh", "-c", f"stty raw -echo; {script}"], {**ENVIRONMENT, "TERM": "xterm"})


def kill_clients(sandbox: Sandbox, seed: int) -> str:
    """Fifty kills while six megabytes are on their way."""
    generator = random.Random(seed)
    data = generator.randbytes(SIZE)
    sandbox.put("/home/learner/data", data)
    with tempfile.TemporaryDirectory() as folder:
        received = Path(folder) / "received"
        client = receiving(sandbox.socket, raw(producing(SIZE)), received, SIZE, name=f"kill-{seed}")
        kills = kill_often(client, lambda: size_of(received), SIZE, generator)
        equal = hashlib.sha256(received.read_bytes()).digest() == hashlib.sha256(data).digest()
    return (
        f"{verdict(equal and kills == KILLS)}: {kills} kills, sha256 {'equal' if equal else 'DIFFERENT'}, seed {seed}"
    )


def restart_engine(engine: ThrowawayEngine, sandbox: Sandbox, how: signal.Signals) -> str:
    """An attached stream goes on, line by line, while the outer engine ends and comes back."""
    name = f"restart-{how.name.lower()}"
    script = "i=0; while [ $i -lt 1000000 ]; do echo $i; i=$((i+1)); sleep 0.005; done"
    return asyncio.run(_watch_restart(engine, sandbox, how, name, raw(script)))


async def _watch_restart(
    engine: ThrowawayEngine, sandbox: Sandbox, how: signal.Signals, name: str, spawn: PtyCommand
) -> str:
    stream = await PtyStream.attach(sandbox.socket, name=name, viewer="v", offset=0, window=65_536, spawn=spawn)
    text, longest, last = bytearray(), 0.0, time.monotonic()
    restart = asyncio.create_task(asyncio.to_thread(engine.restart, how))
    async with asyncio.timeout(RESTART_TIMEOUT):
        while not restart.done():
            output = await next_output(stream)
            longest, last = max(longest, time.monotonic() - last), time.monotonic()
            text += output.data
    await stream.close()
    lines = text.decode().split("\n")[:-1]
    complete = lines == [str(number) for number in range(len(lines))]
    listed = sandbox.name in engine.docker("ps", "--format", "{{.Names}}").split()
    return (
        f"{verdict(complete and listed)}: engine away {await restart:.1f} s, {len(lines)} lines complete, "
        f"longest pause {longest * 1000:.0f} ms, sandbox still the engine's: {listed}"
    )


def measure(sandbox: Sandbox) -> dict[str, str]:
    """Start of a shell, echo and throughput through the agent, without a door in between."""
    return asyncio.run(_measure(sandbox))


async def _measure(sandbox: Sandbox) -> dict[str, str]:
    began = time.perf_counter()
    stream = await attach(sandbox, "shell", PtyCommand(env={**ENVIRONMENT, "TERM": "xterm"}))
    await next_output(stream)
    prompt = time.perf_counter() - began
    await stream.close()
    return {
        "shell's first byte": f"{prompt * 1000:.1f} ms",
        "echo": await _measure_echo(sandbox),
        "throughput": await _measure_flood(sandbox),
        "memory of the agent": sandbox.output("grep VmRSS /proc/1/status").split()[1] + " KiB resident",
    }


async def attach(sandbox: Sandbox, name: str, spawn: PtyCommand) -> PtyStream:
    """A viewer with a window that never stalls it."""
    return await PtyStream.attach(sandbox.socket, name=name, viewer="v", offset=0, window=1 << 18, spawn=spawn)


async def next_output(stream: PtyStream) -> Output:
    """The next output, acknowledged."""
    while True:
        event = await stream.read()
        if isinstance(event, Output):
            await stream.acknowledge(event.offset + len(event.data))
            return event
        if isinstance(event, Resized):
            continue


async def _measure_echo(sandbox: Sandbox) -> str:
    stream = await attach(sandbox, "echo", raw("echo; exec cat"))
    await next_output(stream)
    times = []
    for number in range(ECHOES):
        began = time.perf_counter()
        await stream.write(number, b"x")
        await next_output(stream)
        times.append((time.perf_counter() - began) * 1e6)
    await stream.close()
    times.sort()
    return f"p50 {times[ECHOES // 2]:.0f}, p95 {times[ECHOES * 95 // 100]:.0f}, p99 {times[ECHOES * 99 // 100]:.0f} us"


async def _measure_flood(sandbox: Sandbox) -> str:
    stream = await attach(sandbox, "flood", raw(f"echo; read go; head -c {FLOOD} /dev/zero | tr '\\0' x"))
    await next_output(stream)
    await stream.write(0, b"\n")
    began, received, frames = time.perf_counter(), 0, 0
    while received < FLOOD:
        received += len((await next_output(stream)).data)
        frames += 1
    seconds = time.perf_counter() - began
    await stream.close()
    return f"{FLOOD / seconds / 1e6:.0f} MB/s, {received / frames / 1000:.1f} kB a frame"
