"""That the line is as bad as it says: what the other tests stand on."""

import contextlib
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from statistics import median

from tests.lan.line import CUT, PHONE, ROUGH, ROUND_TRIP, SERVER, Line

MESSAGES = 200
# Answers every datagram.
ECHO = f"""
import socket
line = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
line.bind(({PHONE!r}, 7))
print("up", flush=True)
while True:
    data, sender = line.recvfrom(2000)
    line.sendto(data, sender)
"""


def test_the_rough_line_delays_limits_and_loses(line: Line, phone_network: int) -> None:
    line.be(ROUGH)
    with _echo(phone_network):
        took = _times(MESSAGES)
    seconds = _download(phone_network, 125_000)

    assert 0.9 * ROUND_TRIP <= median(took) < 1.6 * ROUND_TRIP  # no less; and the rest is what a busy machine adds
    # 2 % each way of 200: some get lost, most arrive.
    assert 0.90 * MESSAGES <= len(took) < MESSAGES
    assert seconds >= 1.0 + ROUND_TRIP / 2  # a megabit takes a second, and travels


def test_a_cut_line_carries_nothing(line: Line, phone_network: int) -> None:
    with _echo(phone_network):
        assert len(_times(5)) == 5
        line.be(CUT)
        assert _times(5) == []


@contextmanager
def _echo(pid: int) -> Iterator[None]:
    command = ["nsenter", f"--net=/proc/{pid}/ns/net", sys.executable, "-c", ECHO]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        process.stdout.readline()
        yield
        process.kill()


def _times(count: int) -> list[float]:
    """Seconds that those of so many datagrams took which came back."""
    took = []
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as line:
        line.settimeout(1.0)
        line.connect((PHONE, 7))
        for _ in range(count):
            line.send(str(time.monotonic()).encode())
            time.sleep(0.01)
            line.setblocking(False)
            with contextlib.suppress(OSError):
                took.append(time.monotonic() - float(line.recv(100)))
        line.settimeout(1.0)
        with contextlib.suppress(OSError):
            while True:
                took.append(time.monotonic() - float(line.recv(100)))
    return took


def _download(pid: int, size: int) -> float:
    """Seconds that so many bytes take to the phone."""
    with socket.create_server((SERVER, 0)) as listener:

        def serve() -> None:
            connection, _ = listener.accept()
            with connection:
                connection.sendall(bytes(size))

        server = threading.Thread(target=serve)
        server.start()
        began = time.monotonic()
        fetch = f"exec 3<>/dev/tcp/{SERVER}/{listener.getsockname()[1]}; wc -c <&3"
        read = subprocess.run(
            ["nsenter", f"--net=/proc/{pid}/ns/net", "bash", "-c", fetch], capture_output=True, text=True, check=True
        )
        server.join(10)
    assert int(read.stdout) == size
    return time.monotonic() - began
