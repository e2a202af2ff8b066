"""From an accepted WebSocket to a running bridge. Knows nothing of databases."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from sandboxes.agent_client import PtyCommand, PtyStream, login_shell
from terminal import protocol
from terminal.bridge import Bridge
from terminal.closing import CloseCode, Refused
from terminal.protocol import Attach, BadFrame
from terminal.sockets import Socket
from terminal.window import START_WINDOW

HELLO_SECONDS: Final = 10.0  # Until the browser's first frame: nobody holds an idle socket open.
SHELL: Final = login_shell()


@dataclass(frozen=True)
class Terminal:
    """Where one terminal is: the agent's socket, the pty's name, the identity of its stream, and what runs in it."""

    socket_path: Path
    name: str
    stream_id: bytes
    shell: PtyCommand = SHELL


async def serve(
    socket: Socket, terminal: Terminal, *, on_input: Callable[[bytes], None], read_only: bool = False
) -> None:
    """Serve one viewer until it leaves. `on_input` is told what was typed, and must not wait.

    Who is `read_only` types nothing: the socket of a browser that sends input all the same is closed.

    Raises:
        Refused: with the code to close the socket with.
        OSError: if the browser went away in the middle of a frame.
    """
    viewer = await _receive_attach(socket)
    if viewer is None:
        return

    async def attach(viewer: Attach, offset: int) -> PtyStream:
        return await PtyStream.attach(
            terminal.socket_path,
            name=terminal.name,
            viewer=viewer.viewer,
            offset=offset,
            window=START_WINDOW,
            spawn=terminal.shell,
            columns=viewer.columns,
            rows=viewer.rows,
        )

    bridge = Bridge(
        attach=attach,
        stream_id=terminal.stream_id,
        send=socket.send,
        receive=socket.receive,
        on_input=on_input,
        read_only=read_only,
    )
    await bridge.run(viewer)


async def _receive_attach(socket: Socket) -> Attach | None:
    """The viewer's first frame, or None if it left before sending one."""
    try:
        async with asyncio.timeout(HELLO_SECONDS):
            frame = await socket.receive()
        if frame is None:
            return None
        first = protocol.parse(frame)
    except (TimeoutError, BadFrame) as error:
        raise Refused(CloseCode.POLICY) from error
    if not isinstance(first, Attach):
        raise Refused(CloseCode.POLICY)
    return first
