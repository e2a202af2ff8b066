"""The few messages of an ASGI WebSocket that the terminal door needs."""

import contextlib
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from terminal.closing import CloseCode, Refused
from terminal.protocol import MAX_FRAME_BYTES

Message = MutableMapping[str, Any]
Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]


class Socket:
    """An accepted WebSocket that carries binary messages."""

    def __init__(self, receive: Receive, send: Send) -> None:
        self._receive = receive
        self._send = send

    async def accept(self) -> bool:
        """Finish the handshake. Returns False if the browser has gone already."""
        if (await self._receive())["type"] != "websocket.connect":
            return False
        await self._send({"type": "websocket.accept"})
        return True

    async def send(self, frame: bytes) -> None:
        """Send one message; waits while the line is full.

        Raises:
            OSError: if the browser has gone.
        """
        await self._send({"type": "websocket.send", "bytes": frame})

    async def receive(self) -> bytes | None:
        """The next message, or None when the browser has gone.

        Raises:
            Refused: if it is text, or too long.
        """
        message = await self._receive()
        if message["type"] != "websocket.receive":
            return None
        frame = message.get("bytes")
        if frame is None:
            raise Refused(CloseCode.POLICY)
        if len(frame) > MAX_FRAME_BYTES:
            # The server refuses these earlier and cheaper, where it was started with --ws-max-size.
            raise Refused(CloseCode.TOO_BIG)
        return bytes(frame)

    async def close(self, code: CloseCode) -> None:
        """Close with a code. Does nothing if the browser has gone."""
        with contextlib.suppress(OSError):
            await self._send({"type": "websocket.close", "code": int(code)})
