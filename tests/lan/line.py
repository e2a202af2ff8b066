"""A slow and lossy line between two network namespaces, made of two TUN devices and this process.

It does what `tc netem` does, also where the kernel comes without it: real IP packets wait for the line's rate, travel
for its delay, and some get lost on the way, so that it is the kernels' own TCP that copes. Run as
`python -m tests.lan.line <pid in the other namespace>`; told over standard input what line to be.
"""

from __future__ import annotations

import contextlib
import ctypes
import fcntl
import heapq
import json
import os
import random
import selectors
import struct
import subprocess
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO

SERVER, PHONE = "10.77.0.1", "10.77.0.2"
_PREFIX = 24
_DEVICE = "line0"
_TUNSETIFF, _IFF_TUN, _IFF_NO_PI = 0x400454CA, 0x0001, 0x1000
_CLONE_NEWNET = 0x40000000
_MTU = 1500
_BUFFER_SECONDS = 0.4  # What a router keeps waiting for the line before it drops.
_SEED = 7


@dataclass(frozen=True)
class Shape:
    """One line, alike in both directions. delay: seconds one way; rate: bits a second; loss: of packets."""

    rate: float = 1e9
    delay: float = 0.0
    loss: float = 0.0
    cut: bool = False


CLEAR = Shape()
# A phone at the far end of a busy classroom: 1 Mbit/s, 300 ms there and back, 2 % lost.
ROUGH = Shape(rate=1e6, delay=0.15, loss=0.02)
# The same without loss: what remains is what the site itself adds.
STEADY = Shape(rate=1e6, delay=0.15)
CUT = Shape(cut=True)
ROUND_TRIP = 2 * ROUGH.delay


class Line:
    """The line's process, as the tests hold it."""

    def __init__(self, pid: int) -> None:
        """`pid`: some process in the namespace of the phone."""
        command = [sys.executable, "-m", "tests.lan.line", str(pid)]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        assert self._output.readline() == "up\n", "the line did not come up"

    def be(self, shape: Shape) -> None:
        """Change to another line; returns once it has."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(asdict(shape)) + "\n")
        self._process.stdin.flush()
        assert self._output.readline() == "changed\n"

    def end(self) -> None:
        """Take both devices away."""
        with self._process:  # closes its pipes, and waits
            self._process.kill()

    @property
    def _output(self) -> IO[str]:
        assert self._process.stdout is not None
        return self._process.stdout


class _Way:
    """One direction."""

    def __init__(self, source: int, target: int, seed: int) -> None:
        self.source = source
        self._target = target
        self._free = 0.0
        self._chance = random.Random(seed)
        self._travelling: list[tuple[float, int, bytes]] = []
        self._number = 0

    def take(self, shape: Shape) -> None:
        """Take in what came."""
        with contextlib.suppress(BlockingIOError):
            while packet := os.read(self.source, _MTU + 100):
                now = time.monotonic()
                begins = max(now, self._free)
                if shape.cut or self._chance.random() < shape.loss or begins - now > _BUFFER_SECONDS:
                    continue
                self._free = begins + len(packet) * 8 / shape.rate
                self._number += 1
                heapq.heappush(self._travelling, (self._free + shape.delay, self._number, packet))

    def deliver(self) -> float:
        """Hand over what has arrived; return the seconds until the next one does."""
        while self._travelling and self._travelling[0][0] <= time.monotonic():
            packet = heapq.heappop(self._travelling)[2]
            with contextlib.suppress(OSError):  # A full or closing device drops, too.
                os.write(self._target, packet)
        return max(0.0, self._travelling[0][0] - time.monotonic()) if self._travelling else 1.0


def _open_device(address: str) -> int:
    """A TUN device in the namespace that this process is in."""
    device = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
    fcntl.ioctl(device, _TUNSETIFF, struct.pack("16sH22x", _DEVICE.encode(), _IFF_TUN | _IFF_NO_PI))
    for arguments in (
        ["link", "set", "lo", "up"],
        ["address", "add", f"{address}/{_PREFIX}", "dev", _DEVICE],
        ["link", "set", _DEVICE, "mtu", str(_MTU), "up"],
    ):
        subprocess.run(["ip", *arguments], check=True)
    return device


def _enter_namespace(pid: int) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    with Path(f"/proc/{pid}/ns/net").open("rb") as namespace:
        if libc.setns(namespace.fileno(), _CLONE_NEWNET):
            raise OSError(ctypes.get_errno(), "setns")


def _say(word: str) -> None:
    sys.stdout.write(f"{word}\n")
    sys.stdout.flush()


def main() -> None:
    """Carry packets until killed."""
    here = _open_device(SERVER)
    _enter_namespace(int(sys.argv[1]))
    there = _open_device(PHONE)
    shape = CLEAR
    ways = [_Way(here, there, _SEED), _Way(there, here, _SEED + 1)]
    selector = selectors.DefaultSelector()
    for way in ways:
        selector.register(way.source, selectors.EVENT_READ, way)
    selector.register(sys.stdin, selectors.EVENT_READ, None)
    _say("up")
    while True:
        wait = min(way.deliver() for way in ways)
        for key, _events in selector.select(wait):
            if key.data is not None:
                key.data.take(shape)
            elif told := sys.stdin.readline():
                shape = Shape(**json.loads(told))
                _say("changed")
            else:
                return


if __name__ == "__main__":
    main()
