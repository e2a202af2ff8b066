"""One WebSocket to a program in the sandbox: messages pass both ways, at most a few on their way at a time.

`websockets` shakes hands with the program and bounds what it sends. Its `connect` is not used, since that follows
redirects; the connection is ours, from the agent, and leads nowhere else.
"""

import asyncio
import contextlib
import logging
import socket
from typing import Final

import h11
from django.http.request import split_domain_port
from websockets.asyncio.client import ClientConnection
from websockets.client import ClientProtocol
from websockets.exceptions import ConnectionClosed, InvalidHandshake, WebSocketException
from websockets.typing import Subprotocol
from websockets.uri import WebSocketURI

from terminal.sockets import Message, Receive, Scope, Send
from web_ports.dialling import Dialler
from web_ports.exchange import target_of
from web_ports.headers import handshake_headers, values_of
from web_ports.limits import ANSWER_SECONDS, CHUNK_BYTES, MAX_MESSAGE_BYTES, MESSAGES_AHEAD, STALL_SECONDS
from web_ports.names import Place
from web_ports.refusals import NotShown, Reason
from web_ports.slots import Slot

_NO_STATUS: Final = 1005  # Stands for a goodbye without a code, and must not be said itself.
_ABNORMAL: Final = 1006  # Likewise for no goodbye at all.
_NORMAL: Final = 1000
_FAILED: Final = 1011
_GOODBYE_SECONDS: Final = 2.0  # A program that does not answer our goodbye is left without.

# What a program's sockets do is not for our log, least of all with the learner's bytes in it.
_silent = logging.Logger("web_ports.tunnel", level=logging.CRITICAL + 1)


class Tunnel:
    """One WebSocket. `accepted` once the browser has been told that it is open."""

    def __init__(self, place: Place | Slot, receive: Receive, send: Send) -> None:
        self.accepted = False
        self._place = place
        self._receive = receive
        self._send_message = send

    async def run(self, scope: Scope, dialler: Dialler) -> None:
        """Shake hands with the program as the browser did with us, and carry messages until one of them leaves.

        Raises NotShown as long as the browser's handshake is not answered.
        """
        program = await self._shake_hands(scope, await dialler())
        try:
            await self._accept(program)
            await self._carry(program)
        finally:
            program.transport.abort()

    async def _shake_hands(self, scope: Scope, connection: socket.socket) -> ClientConnection:
        protocol = ClientProtocol(
            uri_of(scope),
            subprotocols=[Subprotocol(name) for name in scope["subprotocols"] if name] or None,
            max_size=MAX_MESSAGE_BYTES,
            logger=_silent,
        )
        program = await _take_over(connection, protocol)
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                await program.handshake(handshake_headers(scope), user_agent_header=None)
        except TimeoutError as error:
            program.transport.abort()
            raise NotShown(Reason.NO_ANSWER) from error
        except (InvalidHandshake, OSError, EOFError, ValueError) as error:
            program.transport.abort()
            raise NotShown(Reason.NOT_HTTP) from error
        except BaseException:
            program.transport.abort()
            raise
        return program

    async def _accept(self, program: ClientConnection) -> None:
        self.accepted = True
        await self._send({"type": "websocket.accept", "subprotocol": program.subprotocol})

    async def _carry(self, program: ClientConnection) -> None:
        tasks = [asyncio.create_task(self._from_browser(program)), asyncio.create_task(self._from_program(program))]
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _from_browser(self, program: ClientConnection) -> None:
        with contextlib.suppress(WebSocketException, TimeoutError):
            while (message := await self._receive())["type"] == "websocket.receive":
                text = message.get("text")
                async with asyncio.timeout(STALL_SECONDS):
                    await program.send(bytes(message["bytes"]) if text is None else text)
            await program.close(_speakable(message.get("code", _NO_STATUS)))

    async def _from_program(self, program: ClientConnection) -> None:
        code, reason = _FAILED, ""
        try:
            while True:
                data = await program.recv()
                await self._send({"type": "websocket.send", "text" if isinstance(data, str) else "bytes": data})
        except ConnectionClosed as error:
            said = error.rcvd or error.sent
            code, reason = (_speakable(said.code), said.reason) if said else (_FAILED, "")
        except TimeoutError:
            pass  # The browser takes nothing.
        with contextlib.suppress(OSError, TimeoutError):
            await self._send({"type": "websocket.close", "code": code, "reason": reason})

    async def _send(self, message: Message) -> None:
        async with asyncio.timeout(STALL_SECONDS):
            await self._send_message(message)


def uri_of(scope: Scope) -> WebSocketURI:
    """The address of the handshake. Raises NotShown for what no browser sends."""
    target, [host] = target_of(scope), values_of(scope, b"host")
    said = [(b"host", host.encode("latin-1"))]
    said += [(name.encode("latin-1"), value.encode("latin-1")) for name, value in handshake_headers(scope)]
    try:
        h11.Request(method="GET", target=target, headers=said)
    except h11.LocalProtocolError as error:
        raise NotShown(Reason.BAD_REQUEST) from error
    path, _, query = target.decode("ascii").partition("?")
    name, port = split_domain_port(host)
    return WebSocketURI(False, name.strip("[]"), int(port or 80), path, query)


async def _take_over(connection: socket.socket, protocol: ClientProtocol) -> ClientConnection:
    _, program = await asyncio.get_running_loop().create_connection(
        lambda: ClientConnection(
            protocol,
            ping_interval=None,  # The other end is on this machine; the browser's end is pinged by the server.
            close_timeout=_GOODBYE_SECONDS,
            max_queue=MESSAGES_AHEAD,
            write_limit=CHUNK_BYTES,
        ),
        sock=connection,
    )
    return program


def _speakable(code: int) -> int:
    """A close code that may be sent."""
    return {_NO_STATUS: _NORMAL, _ABNORMAL: _FAILED}.get(code, code if 1000 <= code <= 4999 else _FAILED)
