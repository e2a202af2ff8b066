"""A viewer for tests: attaches, keeps what it is sent, and waits for what should come."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress

from sandboxes.agent_client import Exited, Gap, InputAccepted, Output, PtyCommand, PtyStream, Resized
from tests.contract.agent.conftest import Agent

# Everything awaited here takes milliseconds on an idle machine; a loaded one may need much longer.
PATIENCE = 20.0
WINDOW = 65_536


class Viewer:
    """What one attached viewer has seen so far."""

    def __init__(self, stream: PtyStream, *, acknowledging: bool = True) -> None:
        self.stream = stream
        self.acknowledging = acknowledging
        self.output = bytearray()
        self.gaps: list[Gap] = []
        self.sizes: list[Resized] = []
        self.exited: Exited | None = None
        self.accepted = stream.hello.input_offset
        self.offset = stream.hello.start_offset
        self.typed = stream.hello.input_offset

    async def step(self) -> None:
        """Take one event; output must continue exactly where it stopped."""
        match await self.stream.read():
            case Output(offset, data):
                assert offset == self.offset
                self.output += data
                self.offset += len(data)
                if self.acknowledging:
                    await self.stream.acknowledge(self.offset)
            case Gap() as gap:
                assert gap.offset == self.offset + gap.lost
                self.gaps.append(gap)
                self.offset = gap.offset
            case Resized() as size:
                self.sizes.append(size)
            case InputAccepted(offset):
                self.accepted = offset
            case Exited() as exited:
                self.exited = exited

    async def until(self, condition: Callable[[], object], *, patience: float = PATIENCE) -> None:
        """Take events until the condition holds."""
        async with asyncio.timeout(patience):
            while not condition():
                await self.step()

    async def until_output(self, text: bytes) -> None:
        """Take events until `text` has been put out."""
        await self.until(lambda: text in self.output)

    async def until_ended(self) -> None:
        """Take events until the pty's program has ended."""
        await self.until(lambda: self.exited)

    async def quiet(self, seconds: float) -> None:
        """Take events for a while."""
        with suppress(TimeoutError):
            await self.until(lambda: False, patience=seconds)

    async def type(self, data: bytes) -> None:
        """Send input after what this viewer has typed before."""
        await self.stream.write(self.typed, data)
        self.typed += len(data)


def shell(script: str, agent: Agent) -> PtyCommand:
    """A command for a pty: a script in a raw terminal, so that every byte of output is the script's."""
    return command(["/bin/sh", "-c", f"stty raw -echo; {script}"], agent)


def command(argv: Sequence[str], agent: Agent) -> PtyCommand:
    """A command for a pty, in the agent's home."""
    return PtyCommand(argv=argv, env={"PATH": "/usr/bin:/bin", "TERM": "xterm"}, cwd=agent.folder)


@asynccontextmanager
async def viewing(
    agent: Agent,
    spawn: PtyCommand | None = None,
    *,
    name: str = "main",
    viewer: str = "alice",
    offset: int = 0,
    window: int = WINDOW,
    size: tuple[int, int] = (0, 0),
    acknowledging: bool = True,
) -> AsyncIterator[Viewer]:
    """A viewer attached for as long as the block lasts."""
    stream = await PtyStream.attach(
        agent.socket, name=name, viewer=viewer, offset=offset, window=window, spawn=spawn, columns=size[0], rows=size[1]
    )
    try:
        yield Viewer(stream, acknowledging=acknowledging)
    finally:
        await stream.close()
