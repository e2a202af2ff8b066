"""One HTTP request to a program in the sandbox, and its answer, streamed both ways.

h11 writes the request and reads the answer: it refuses headers that would end early, bodies of another length than was
said, and answers that are no HTTP. The connection serves this one request, so that nothing a program adds to its
answer can be taken for the answer to another. At most one chunk waits in each direction.
"""

import asyncio
import contextlib
import re
from typing import Final, NoReturn

import h11

from terminal.sockets import Message, Receive, Scope, Send
from web_ports.dialling import Dialler
from web_ports.headers import request_headers, response_headers
from web_ports.limits import ANSWER_SECONDS, CHUNK_BYTES, MAX_HEAD_BYTES, SILENCE_SECONDS, STALL_SECONDS
from web_ports.names import Place
from web_ports.refusals import NotShown, Reason
from web_ports.slots import Slot

# CONNECT asks for a tunnel to anywhere, TRACE for an echo of cookies. Neither is a question to a program.
_REFUSED_METHODS: Final = frozenset({"CONNECT", "TRACE"})
_TARGET: Final = re.compile(rb"/[\x21-\x7e]*")


class BrokenOff(Exception):
    """The answer ended in the middle. The browser sees the connection close, as it would without us."""


def request_of(scope: Scope) -> h11.Request:
    """The request as the lab's program is to get it. Raises NotShown for what no browser sends."""
    if scope["method"] in _REFUSED_METHODS:
        raise NotShown(Reason.BAD_REQUEST)
    try:
        return h11.Request(
            method=scope["method"],
            target=target_of(scope),
            headers=[*request_headers(scope), (b"connection", b"close")],
        )
    except h11.LocalProtocolError as error:
        raise NotShown(Reason.BAD_REQUEST) from error


def target_of(scope: Scope) -> bytes:
    """The path and the query, byte for byte: what they mean is the program's business."""
    path: bytes = scope["raw_path"]
    query: bytes = scope["query_string"]
    target = path + b"?" + query if query else path
    if not _TARGET.fullmatch(target):
        raise NotShown(Reason.BAD_REQUEST)
    return target


class Exchange:
    """One request and its answer. `started` once the browser has got the head of an answer."""

    def __init__(self, place: Place | Slot, receive: Receive, send: Send) -> None:
        self.started = False
        self._place = place
        self._receive = receive
        self._send_message = send
        self._http = h11.Connection(h11.CLIENT, max_incomplete_event_size=MAX_HEAD_BYTES)
        self._ended = False  # Whether the whole request has come.
        self._progress = 0.0

    async def run(self, request: h11.Request, dialler: Dialler) -> None:
        """Carry the request out. Returns early when the browser leaves.

        Raises:
            NotShown: as long as nothing has been sent to the browser.
            BrokenOff: after that.
        """
        self._reader, self._writer = await asyncio.open_unix_connection(sock=await dialler(), limit=CHUNK_BYTES)
        self._note_progress()
        tasks = [asyncio.create_task(self._upload(request)), asyncio.create_task(self._answer())]
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
        except (h11.RemoteProtocolError, TimeoutError, OSError) as error:
            raise self._failure(error) from error
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            self._writer.close()
            with contextlib.suppress(OSError):
                await self._writer.wait_closed()

    def _failure(self, error: Exception) -> Exception:
        if self.started:
            return BrokenOff(str(error))
        if isinstance(error, TimeoutError):
            return NotShown(Reason.NO_ANSWER)
        if isinstance(error, OSError) or self._http.trailing_data == (b"", True):
            return NotShown(Reason.HUNG_UP)
        return NotShown(Reason.NOT_HTTP)

    # From the browser to the program

    async def _upload(self, request: h11.Request) -> None:
        """Send the request, then wait until the browser has gone."""
        with contextlib.suppress(OSError):  # A program may answer without reading everything; the answer counts.
            await self._write(self._http.send(request))
            while (body := await self._body()) is not None:
                if body:
                    await self._write(self._http.send(h11.Data(data=body)))
            await self._write(self._http.send(h11.EndOfMessage()))
        while (await self._receive())["type"] != "http.disconnect":
            pass

    async def _body(self) -> bytes | None:
        """The next piece of the body, or None after the last."""
        if self._ended:
            return None
        async with asyncio.timeout(STALL_SECONDS):
            message = await self._receive()
        if message["type"] == "http.disconnect":
            raise ConnectionAbortedError
        self._ended = not message.get("more_body", False)
        return bytes(message.get("body", b""))

    async def _write(self, data: bytes | None) -> None:
        if data:
            self._writer.write(data)
            async with asyncio.timeout(STALL_SECONDS):
                await self._writer.drain()
        self._note_progress()

    # From the program to the browser

    async def _answer(self) -> None:
        head = await self._next_event(ANSWER_SECONDS)
        while isinstance(head, h11.InformationalResponse):
            head = await self._next_event(ANSWER_SECONDS)
        if not isinstance(head, h11.Response):
            self._refuse(head)
        headers = response_headers(head.headers, self._place)
        await self._send({"type": "http.response.start", "status": head.status_code, "headers": headers})
        self.started = True
        while isinstance(event := await self._next_event(SILENCE_SECONDS), h11.Data):
            await self._send({"type": "http.response.body", "body": bytes(event.data), "more_body": True})
        if not isinstance(event, h11.EndOfMessage):
            self._refuse(event)
        await self._send({"type": "http.response.body", "body": b"", "more_body": False})

    def _refuse(self, event: object) -> NoReturn:
        raise h11.RemoteProtocolError(f"an answer does not go on with {event!r}")

    async def _next_event(self, patience: float) -> object:
        while (event := self._http.next_event()) is h11.NEED_DATA:
            self._http.receive_data(await self._read(patience))
        return event

    async def _read(self, patience: float) -> bytes:
        """What the program says next, if it does within `patience` of the last byte in either direction."""
        while (left := self._progress + patience - self._now()) > 0:
            try:
                async with asyncio.timeout(left):
                    data = await self._reader.read(CHUNK_BYTES)
            except TimeoutError:
                continue  # Unless the request was still on its way meanwhile.
            self._note_progress()
            return data
        raise TimeoutError

    async def _send(self, message: Message) -> None:
        async with asyncio.timeout(STALL_SECONDS):
            await self._send_message(message)
        self._note_progress()

    def _note_progress(self) -> None:
        self._progress = self._now()

    @staticmethod
    def _now() -> float:
        return asyncio.get_running_loop().time()
