"""G6: how long ^C takes while a program floods the terminal and the viewer shows 10 MB/s, as a browser does."""

import time

from lab import Lab
from measure import Row, percentile, summary
from peers import Terminado, terminado
from terminal_client import TerminalClient

TARGET = 0.050  # seconds at our 95th percentile
RATE = 10_000_000  # bytes a second that the viewer takes
FLOOD_SECONDS = 3.0
PEER_ROUNDS = 2  # terminado takes seconds each time
MOST_ROUNDS = 8  # a flood takes seconds too
PEER_TIMEOUT = 120.0
# The trap prints its word in two pieces, so that the echo of the command is not taken for it.
FLOOD = "sh -c 'trap \"printf stop; printf ped\" INT; yes; true'\r"


def measure(lab: Lab, rounds: int) -> list[Row]:
    """Flood, interrupt, time until the trap's word is shown."""
    ours, theirs = [], []
    with lab.fresh_terminal() as terminal:
        for round_number in range(min(rounds, MOST_ROUNDS)):
            ours.append(_interrupt_ours(terminal))
            if round_number < PEER_ROUNDS:
                with terminado() as peer:
                    theirs.append(_interrupt_peer(peer))
    p95 = percentile(ours, 0.95)
    ratio = percentile(ours, 0.5) / percentile(theirs, 0.5)
    what = "^C under a flood, viewer at 10 MB/s, p50 / p95"
    peer_cell = f"terminado {summary(theirs)}"
    return [Row("G6", what, summary(ours), peer_cell, f"{ratio:.4f}", "p95 ≤ 50 ms", p95 <= TARGET)]


def _interrupt_ours(terminal: TerminalClient) -> float:
    terminal.output.clear()
    terminal.type(FLOOD)
    end, due = time.perf_counter() + FLOOD_SECONDS, time.perf_counter()
    while time.perf_counter() < end:
        due = _read_at_rate(terminal, due)
    terminal.output.clear()
    began = time.perf_counter()
    terminal.type("\x03")
    while b"stopped" not in terminal.output:
        due = _read_at_rate(terminal, due)
    elapsed = time.perf_counter() - began
    terminal.run("true")
    return elapsed


def _read_at_rate(terminal: TerminalClient, due: float) -> float:
    """Read one frame no earlier than `due`; return when the next one is due at the viewer's rate."""
    time.sleep(max(0.0, due - time.perf_counter()))
    before = len(terminal.output)
    terminal.read_one()
    return max(due, time.perf_counter() - 0.1) + (len(terminal.output) - before) / RATE


def _interrupt_peer(peer: Terminado) -> float:
    peer.type(FLOOD)
    end, due = time.perf_counter() + FLOOD_SECONDS, time.perf_counter()
    while time.perf_counter() < end:
        due = _peer_read_at_rate(peer, due)[0]
    began = time.perf_counter()
    peer.type("\x03")
    tail = ""
    while "stopped" not in tail:
        if time.perf_counter() - began > PEER_TIMEOUT:
            return PEER_TIMEOUT  # it has sent more by then than the viewer can show; how much longer is no matter
        due, text = _peer_read_at_rate(peer, due)
        tail = (tail + text)[-64_000:]
    return time.perf_counter() - began


def _peer_read_at_rate(peer: Terminado, due: float) -> tuple[float, str]:
    time.sleep(max(0.0, due - time.perf_counter()))
    text = peer.read(20)
    return max(due, time.perf_counter() - 0.1) + len(text) / RATE, text
