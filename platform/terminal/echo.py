"""`/ws/echo/`: what comes is sent back, so that the page `/prueba/` can tell how far away the server is.

Open to people who are not signed in, since those are the ones whose browser may be the problem. So everything about it
is small and short.
"""

import asyncio
import struct
import time
from collections import Counter
from typing import Final

from terminal.closing import CloseCode, Refused
from terminal.sockets import Receive, Scope, Send, Socket

MAX_BYTES: Final = 64  # A number of the browser's own, to know its echo by.
MAX_ECHOES: Final = 60  # The page sends twelve.
SECONDS: Final = 30.0  # Twelve echoes on the slowest line that one can work on.
PER_ADDRESS: Final = 60  # A whole class, twice, may come from behind one router.
IN_ALL: Final = 500  # Sockets of this kind, each a few kilobytes.
_CLOCK = struct.Struct("!d")  # Milliseconds since 1970, before the echo, as JavaScript counts.


class EchoEndpoint:
    """Serves one WebSocket per call. Its limits count what this process has open."""

    def __init__(self, *, per_address: int = PER_ADDRESS, in_all: int = IN_ALL, seconds: float = SECONDS) -> None:
        self._open: Counter[str] = Counter()
        self._per_address = per_address
        self._in_all = in_all
        self._seconds = seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Accept, echo, and close when time or number is up."""
        socket = Socket(receive, send)
        if not await socket.accept():
            return
        address = (scope.get("client") or [""])[0]
        if self._open[address] >= self._per_address or self._open.total() >= self._in_all:
            await socket.close(CloseCode.TOO_MANY)
            return
        self._open[address] += 1
        try:
            async with asyncio.timeout(self._seconds):
                await _echo(socket)
        except Refused as refusal:
            await socket.close(refusal.code)
        except TimeoutError:
            await socket.close(CloseCode.POLICY)
        except OSError:
            pass  # The browser went away.
        finally:
            self._open[address] -= 1
            if not self._open[address]:
                del self._open[address]  # Nothing is kept of whoever was here.


async def _echo(socket: Socket) -> None:
    for _ in range(MAX_ECHOES):
        frame = await socket.receive()
        if frame is None:
            return
        if len(frame) > MAX_BYTES:
            raise Refused(CloseCode.TOO_BIG)
        await socket.send(_CLOCK.pack(time.time() * 1000) + frame)
    raise Refused(CloseCode.POLICY)
