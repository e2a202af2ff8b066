"""A scripted agent: says what it is told to, whatever it is asked. For what no honest agent would say."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

PATIENCE = 10.0


@contextmanager
def scripted_agent(folder: Path, *said: bytes, hang_up: bool = True) -> Iterator[Path]:
    """A socket on which every caller, after its first words, is told `said`, then hung up on or left waiting."""
    path = folder / "agent.sock"
    over = threading.Event()

    def serve(server: socket.socket) -> None:
        while not over.is_set():
            with suppress(OSError):
                connection, _ = server.accept()
                with connection:
                    connection.settimeout(PATIENCE)
                    connection.recv(65_536)
                    for piece in said:
                        connection.sendall(piece)
                    if not hang_up:
                        over.wait(PATIENCE)

    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(path))
        server.listen()
        server.settimeout(0.05)
        thread = threading.Thread(target=serve, args=(server,))
        thread.start()
        try:
            yield path
        finally:
            over.set()
            thread.join()
