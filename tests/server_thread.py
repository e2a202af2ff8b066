"""An ASGI application behind uvicorn in a thread, on loopback, with the limits that `make run` gives the site."""

from __future__ import annotations

import asyncio
import socket
import threading
from typing import Any, Self

import uvicorn

from terminal.protocol import MAX_FRAME_BYTES


class ServerThread:
    """`port` is where it listens from the beginning on; `stop` ends it like a restart."""

    def __init__(self, application: Any, *, port: int = 0, **options: Any) -> None:
        self._listener = socket.create_server(("127.0.0.1", port))
        self.port: int = self._listener.getsockname()[1]
        config = uvicorn.Config(
            application,
            ws_max_size=MAX_FRAME_BYTES,
            ws_per_message_deflate=False,
            lifespan="off",
            timeout_graceful_shutdown=1,
            **options,
        )
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=lambda: asyncio.run(self._server.serve([self._listener])), daemon=True)

    def start(self) -> Self:
        """Return when it serves."""
        self._thread.start()
        while not self._server.started:
            self._thread.join(0.01)
        return self

    def stop(self) -> None:
        """Let what is on its way leave, then end."""
        # Not force_exit: that ends the loop before what is on its way has left, and leaves sockets open for ever.
        self._server.should_exit = True
        self._thread.join(10)
        self._listener.close()
