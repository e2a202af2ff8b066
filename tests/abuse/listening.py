"""Ears for attacks on networks: what arrived, where, and from whom; and the packets that are sent to them."""

from __future__ import annotations

import errno
import re
import select
import socket
import struct
import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

from tests.abuse.networks import Namespace

EVERYTHING = 3  # ETH_P_ALL
BROADCAST = b"\xff" * 6
ALL_NODES = b"\x33\x33\x00\x00\x00\x01"
ARP, IPV4, IPV6 = 0x0806, 0x0800, 0x86DD
POLL = 0.05  # seconds
# What passes at all passes in microseconds; a busy machine takes its time to say so.
SETTLE = 0.3  # seconds
# How much a sniffer may fall behind on a busy machine.
SNIFFER_BUFFER = 16 << 20
# A scan stays below what walls let through of openings, so that it is not the limit that is measured.
SCANNED_AT_ONCE = 150
SCAN_WAIT = 1.0  # seconds
# For one packet and its answer, within this machine.
ANSWER_WAIT = 0.5  # seconds


def here(work: Callable[..., Any], *arguments: Any) -> Any:
    """In the namespace of this process."""
    return work(*arguments)


class _Listener(ABC):
    """A thread that reads sockets until it is told to end."""

    def __init__(self) -> None:
        self._over = threading.Event()
        self._sockets: list[socket.socket] = []
        self._thread = threading.Thread(target=self._read_all, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        self._thread.join(10)
        for each in self._sockets:
            each.close()

    def _read_all(self) -> None:
        while not self._over.is_set():
            for ready in select.select(self._sockets, [], [], POLL)[0]:
                self._read(ready)

    @abstractmethod
    def _read(self, ready: socket.socket) -> None:
        """Take what has arrived at one of the sockets."""


@dataclass(frozen=True)
class Heard:
    """Something that arrived."""

    how: str
    sender: str
    data: bytes


class Ear(_Listener):
    """Listens to TCP and UDP at some addresses, says a word back, and remembers everything."""

    def __init__(self, *addresses: str, port: int = 0, namespace: Namespace | None = None) -> None:
        super().__init__()
        self.port = port
        self.heard: list[Heard] = []
        for address in addresses:
            (namespace.run if namespace else here)(self._bind, address)

    def _bind(self, address: str) -> None:
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
            made = socket.socket(family, kind)
            self._sockets.append(made)
            made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            if family == socket.AF_INET6:
                made.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
            made.bind((address, self.port))
            self.port = made.getsockname()[1]
            if kind == socket.SOCK_STREAM:
                made.listen(64)

    def _read(self, ready: socket.socket) -> None:
        if ready.type == socket.SOCK_DGRAM:
            data, sender = ready.recvfrom(2048)
            self.heard.append(Heard("udp", sender[0], data))
            return
        connection, sender = ready.accept()
        with connection:
            connection.settimeout(SETTLE)
            try:
                data = connection.recv(2048)
            except TimeoutError:  # one that only looks whether somebody is there
                data = b""
            self.heard.append(Heard("tcp", sender[0], data))


class Sniffer(_Listener):
    """Sees every frame of a namespace, and remembers on which interfaces a marker came by, and what stood behind it."""

    def __init__(self, marker: str, namespace: Namespace | None = None) -> None:
        super().__init__()
        self._pattern = re.compile(re.escape(marker.encode()) + rb"(?:-([a-z0-9]+))?")
        self.seen: set[tuple[str, str]] = set()
        """Interface, and the word behind the marker."""
        self.senders: set[str] = set()
        """IPv4 addresses that such packets came from."""
        (namespace.run if namespace else here)(self._open)

    @property
    def words(self) -> set[str]:
        """What stood behind the marker, on whatever interface."""
        return {word for _, word in self.seen}

    @property
    def interfaces(self) -> set[str]:
        """Where the marker came by."""
        return {interface for interface, _ in self.seen}

    def _open(self) -> None:
        made = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(EVERYTHING))
        made.setsockopt(socket.SOL_SOCKET, 33, SNIFFER_BUFFER)  # SO_RCVBUFFORCE
        self._sockets.append(made)

    def _read(self, ready: socket.socket) -> None:
        data, address = ready.recvfrom(65_535)
        found = self._pattern.search(data)
        if found:
            self.seen.add((address[0], (found[1] or b"").decode()))
            if address[1] == IPV4:
                self.senders.add(socket.inet_ntoa(data[26:30]))


def scan(targets: Iterable[tuple[str, int]]) -> set[tuple[str, int]]:
    """Those of the TCP addresses and ports that answer at all, be it with a refusal."""
    remaining, answered = list(targets), set()
    while remaining:
        now, remaining = remaining[:SCANNED_AT_ONCE], remaining[SCANNED_AT_ONCE:]
        waiting: dict[socket.socket, tuple[str, int]] = {}
        for target in now:
            [(family, kind, _, _, address)] = socket.getaddrinfo(*target, type=socket.SOCK_STREAM)
            attempt = socket.socket(family, kind | socket.SOCK_NONBLOCK)
            if attempt.connect_ex(address) in (0, errno.EINPROGRESS, errno.ECONNREFUSED):
                waiting[attempt] = target
            else:  # there is no way there
                attempt.close()
        end = time.monotonic() + SCAN_WAIT
        while waiting and (left := end - time.monotonic()) > 0:
            for done in select.select([], list(waiting), [], left)[1]:
                code = done.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
                if code in (0, errno.ECONNREFUSED):
                    answered.add(waiting[done])
                del waiting[done]
                done.close()
        for attempt in waiting:
            attempt.close()
    return answered


def say(address: str, port: int, data: bytes) -> None:
    """Send it by UDP and by TCP; nobody has to listen."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as datagram:
        datagram.sendto(data, (address, port))
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as stream:
        stream.settimeout(ANSWER_WAIT)
        try:
            stream.connect((address, port))
            stream.sendall(data)
        except OSError:
            return


def question(name: str) -> bytes:
    """A query for the address of a name, as DNS has it."""
    labels = b"".join(bytes([len(label)]) + label.encode() for label in name.split("."))
    return struct.pack(">6H", 0x1234, 0x0100, 1, 0, 0, 0) + labels + b"\x00" + struct.pack(">2H", 1, 1)


def ask(server: str, name: str, wait: float = ANSWER_WAIT) -> int | None:
    """Ask a name server by UDP for a name: the code of its answer (3: there is no such name), None without one."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
        asking.settimeout(wait)
        asking.sendto(question(name), (server, 53))
        try:
            return asking.recv(2048)[3] & 0x0F
        except OSError:
            return None


def ask_by_tcp(server: str, name: str, wait: float = ANSWER_WAIT) -> int | None:
    """The same by TCP."""
    query = question(name)
    try:
        with socket.create_connection((server, 53), timeout=wait) as asking:
            asking.sendall(struct.pack(">H", len(query)) + query)
            answer = asking.recv(2048)
    except OSError:
        return None
    return answer[5] & 0x0F if answer else None


def shower(address: str, mac: str, port: int, marker: str) -> None:
    """Send one marked packet in each way there is to a machine that may be on the same wire, or a hop away."""
    target, hardware = socket.inet_aton(address), bytes.fromhex(mac.replace(":", ""))
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as datagram:
        datagram.connect((address, port))
        source = socket.inet_aton(datagram.getsockname()[0])
        datagram.send(f"{marker}-udp".encode())
    with socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP) as echo:
        echo.sendto(struct.pack(">BBHHH", 8, 0, 0, 1, 1) + f"{marker}-icmp".encode(), (address, 0))
    with socket.socket(socket.AF_PACKET, socket.SOCK_RAW) as wire:
        wire.bind(("eth0", 0))
        own = wire.getsockname()[4]
        request = struct.pack(">HHBBH", 1, IPV4, 6, 4, 1) + own + source + bytes(6) + target
        frames = {
            "arp": (BROADCAST, ARP, request + f"{marker}-arp".encode()),
            "ipv6": (ALL_NODES, IPV6, _ipv6(f"{marker}-ipv6".encode())),
            "frame": (hardware, IPV4, _ipv4(source, target, f"{marker}-frame".encode())),
        }
        for receiver, kind, body in frames.values():
            wire.send(receiver + own + struct.pack(">H", kind) + body)


def _ipv6(data: bytes) -> bytes:
    """To every machine on the wire, of no protocol."""
    sender, everybody = (socket.inet_pton(socket.AF_INET6, address) for address in ("fe80::77", "ff02::1"))
    return struct.pack(">IHBB", 6 << 28, len(data), 59, 255) + sender + everybody + data


def _ipv4(source: bytes, target: bytes, data: bytes) -> bytes:
    """Of a protocol for experiments (RFC 3692)."""
    words = (0x4500, 20 + len(data), 0, 0, 0x0900 | 253, 0, *struct.unpack(">4H", source + target))
    total = sum(words)
    words = (*words[:5], ~((total >> 16) + (total & 0xFFFF)) & 0xFFFF, *words[6:])
    return struct.pack(">10H", *words) + data
