"""One viewer of one terminal: output from the agent to the browser, input from the browser to the agent.

Nothing here touches the database, Redis or the channel layer, and nothing is buffered beyond one frame each way: the
agent keeps the output, the browser keeps its input.
"""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import replace
from typing import Any, Final, NoReturn

from sandboxes.agent_client import (
    AgentError,
    AgentUnavailable,
    Exited,
    Gap,
    InputAccepted,
    Output,
    PtyEvent,
    PtyStream,
    Resized,
)
from terminal import protocol
from terminal.closing import CloseCode, Refused
from terminal.intake import Intake
from terminal.protocol import Ack, Attach, BadFrame, Ending, Input, Ping, Resize, Restart
from terminal.window import MAX_WINDOW, CreditWindow

# An acknowledgement of less that does not catch up costs a token: nobody acknowledges single bytes.
SMALL_ACK: Final = 1024
TURN_BYTES: Final = 65_536  # After this much output the other terminals of the process get their turn.
# That input was taken only lets the browser forget it. Its echo goes first, where there is one.
ACCEPTED_SECONDS: Final = 0.01
STALL_SECONDS: Final = 300.0  # A hidden tab is woken once a minute, so one that is alive acknowledges well within this.
STALL_CHECK_SECONDS: Final = 15.0
# After the last gap: a viewer that keeps falling behind must not have programs redraw all the time.
REDRAW_SECONDS: Final = 0.3

AttachStream = Callable[[Attach, int], Awaitable[PtyStream]]  # The viewer, and the first offset it wants.


class Bridge:
    """Carries bytes until one end stops: `run` returns when the browser has gone, and raises Refused otherwise."""

    def __init__(
        self,
        *,
        attach: AttachStream,
        stream_id: bytes,
        send: Callable[[bytes], Awaitable[None]],
        receive: Callable[[], Awaitable[bytes | None]],
        on_input: Callable[[bytes], None],
        read_only: bool = False,
    ) -> None:
        self._attach_stream = attach
        self._stream_id = stream_id
        self._send = send
        self._receive = receive
        self._on_input = on_input
        self._read_only = read_only
        self._now = asyncio.get_running_loop().time
        self._intake = Intake(now=self._now())
        self._restart: asyncio.Future[None] | None = None  # Set while the shell has ended and nobody has pressed Enter.
        self._redraw: asyncio.TimerHandle | None = None
        self._accepted: int | None = None  # What the browser has not been told yet.
        self._tell_accepted: asyncio.TimerHandle | None = None
        self._chores: set[asyncio.Task[None]] = set()

    async def run(self, viewer: Attach) -> None:
        """Serve one viewer.

        Raises:
            Refused: with the code to close the socket with.
        """
        self._viewer = viewer
        resumed = viewer.stream == self._stream_id
        await self._begin((viewer.offset or 0) if resumed else 0, resumed=resumed)
        pumps = {asyncio.create_task(pump()) for pump in (self._pump_output, self._pump_input, self._watch_stall)}
        try:
            done, _ = await asyncio.wait(pumps, return_when=asyncio.FIRST_COMPLETED)
            for pump in done:
                pump.result()
        except BadFrame as error:
            raise Refused(CloseCode.POLICY) from error
        except AgentError as error:
            raise Refused(CloseCode.TRY_AGAIN) from error
        finally:
            await self._tidy(pumps)

    async def _tidy(self, pumps: set[asyncio.Task[None]]) -> None:
        for timer in (self._redraw, self._tell_accepted):
            if timer:
                timer.cancel()
        for task in pumps | self._chores:
            task.cancel()
        await asyncio.gather(*pumps, *self._chores, return_exceptions=True)
        await self._stream.close()

    async def _begin(self, offset: int, *, resumed: bool) -> None:
        """Attach to the pty, starting its shell where there is none, and tell the browser where it stands."""
        try:
            self._stream = await self._attach_stream(self._viewer, offset)
        except AgentError as error:
            raise Refused(CloseCode.TRY_AGAIN) from error
        self._restart = self._accepted = None  # HELLO says what was accepted.
        hello = self._stream.hello
        self._window = CreditWindow(start=hello.start_offset, now=self._now())
        self._intake.begin(hello.input_offset if hello.viewer_known else None)
        await self._send(
            protocol.hello(
                protocol.Hello(
                    stream=self._stream_id,
                    resumed=resumed,
                    driving=hello.driving,
                    known=hello.viewer_known,
                    start=hello.start_offset,
                    live=hello.next_offset,
                    input=hello.input_offset,
                    columns=hello.columns,
                    rows=hello.rows,
                )
            )
        )
        if hello.gap:
            await self._announce_gap(Gap(hello.gap, hello.start_offset, hello.modes))

    # From the agent to the browser

    async def _pump_output(self) -> NoReturn:
        turn = 0
        while True:
            turn += await self._forward(await self._stream.read())
            if turn >= TURN_BYTES:
                turn = 0
                await asyncio.sleep(0)

    async def _forward(self, event: PtyEvent) -> int:
        """Pass one event on to the browser; return how many bytes of output it carried."""
        match event:
            case Output(offset, data):
                self._record_output(offset, offset + len(data))
                await self._send(protocol.output(offset, data))
                await self._flush_accepted()
                return len(data)
            case Gap():
                await self._announce_gap(event)
            case Resized(columns, rows, driving):
                await self._send(protocol.size(columns, rows, driving=driving))
            case InputAccepted(offset):
                self._intake.accept(offset)
                self._owe_accepted(offset)
            case Exited():
                await self._flush_accepted()
                await self._wait_for_restart(event)
        return 0

    def _record_output(self, offset: int, end: int) -> None:
        if offset != self._window.sent or end - self._window.acknowledged > MAX_WINDOW + TURN_BYTES:
            # The agent skips bytes or ignores the credit. It is not to be trusted, least of all with our memory.
            raise Refused(CloseCode.TRY_AGAIN)
        self._window.record_sent(end, now=self._now())

    async def _announce_gap(self, gap: Gap) -> None:
        self._window.skip_to(gap.offset, now=self._now())
        await self._send(protocol.gap(gap.lost, gap.offset, gap.modes))
        if self._redraw:
            self._redraw.cancel()
        self._redraw = asyncio.get_running_loop().call_later(REDRAW_SECONDS, self._start_redraw)

    def _start_redraw(self) -> None:
        self._start_chore(self._tell_agent(self._stream.redraw()))

    def _owe_accepted(self, offset: int) -> None:
        self._accepted = offset
        if self._tell_accepted is None:
            self._tell_accepted = asyncio.get_running_loop().call_later(
                ACCEPTED_SECONDS, lambda: self._start_chore(self._flush_accepted())
            )

    async def _flush_accepted(self) -> None:
        if self._tell_accepted:
            self._tell_accepted.cancel()
            self._tell_accepted = None
        if self._accepted is not None:
            offset, self._accepted = self._accepted, None
            await self._send(protocol.accepted(offset))

    def _start_chore(self, work: Coroutine[Any, Any, None]) -> None:
        chore = asyncio.create_task(work)
        self._chores.add(chore)
        chore.add_done_callback(self._chores.discard)

    async def _wait_for_restart(self, event: Exited) -> None:
        """Tell the browser that the shell has ended, let go of the pty so that it can restart, and wait for Enter."""
        if event.errno is not None:
            await self._send(protocol.exited(Ending.NOT_STARTED, event.errno))
        elif event.signal is not None:
            await self._send(protocol.exited(Ending.SIGNALLED, event.signal))
        else:
            await self._send(protocol.exited(Ending.EXITED, event.exit_code or 0))
        self._restart = asyncio.get_running_loop().create_future()
        await self._stream.close()
        await self._restart
        await self._begin(self._window.sent, resumed=True)

    # From the browser to the agent

    async def _pump_input(self) -> None:
        while (frame := await self._receive()) is not None:
            match protocol.parse(frame):
                case Ack(offset):
                    await self._acknowledge(offset)
                case other:
                    self._intake.take_token(now=self._now())
                    await self._obey(other)

    async def _obey(self, frame: protocol.ClientFrame) -> None:
        match frame:
            case Input() | Restart() if self._read_only:
                raise BadFrame("input of somebody who may only look on")
            case Resize() if self._read_only:
                pass  # who looks on sees the size of who works
            case Input(offset, data):
                # What was typed for a shell that has ended must never go into the next one.
                if self._restart is None:
                    self._intake.check(offset, len(data))
                    await self._tell_agent(self._stream.write(offset, data))
                    self._on_input(data)
            case Resize(columns, rows):
                self._viewer = replace(self._viewer, columns=columns, rows=rows)
                await self._tell_agent(self._stream.resize(columns, rows))
            case Ping(token):
                await self._send(protocol.pong(token))
            case Restart():
                if self._restart and not self._restart.done():
                    self._restart.set_result(None)
            case _:
                raise BadFrame("a second ATTACH")

    async def _acknowledge(self, offset: int) -> None:
        if offset - self._window.acknowledged < SMALL_ACK and offset != self._window.sent:
            self._intake.take_token(now=self._now())
        try:
            changed = self._window.record_acknowledged(offset, now=self._now())
        except ValueError as error:
            raise BadFrame(str(error)) from error
        if changed:
            await self._tell_agent(self._stream.set_window(self._window.size))
        await self._tell_agent(self._stream.acknowledge(offset))

    async def _tell_agent(self, telling: Awaitable[None]) -> None:
        """Await something said to the agent; between two shells there is nobody to listen, and nothing is lost."""
        try:
            await telling
        except AgentUnavailable:
            if self._restart is None:
                raise

    async def _watch_stall(self) -> NoReturn:
        while True:
            await asyncio.sleep(STALL_CHECK_SECONDS)
            if self._window.in_flight and self._now() - self._window.progress_at > STALL_SECONDS:
                raise Refused(CloseCode.STALLED)
