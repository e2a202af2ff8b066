"""G7: what a viewer costs that stops reading under a flood."""

import time

from lab import Lab
from measure import Row
from peers import resident_bytes, terminado

TARGET = 1_000_000  # bytes of growth for one session
STALL_SECONDS = 20.0  # every buffer on the way is full in the first
PEER_SECONDS = 5.0  # terminado grows by some 50 MB/s


def measure(lab: Lab, rounds: int) -> list[Row]:
    """Let `yes` run without reading; compare the server's memory before and after. One long stall, so no rounds."""
    pid = lab.site.processes["asgi"].pid
    with lab.fresh_terminal() as terminal:
        terminal.run("true")
        before = resident_bytes(pid)
        terminal.type("yes\r")
        time.sleep(STALL_SECONDS)
        growth = resident_bytes(pid) - before
    with terminado() as peer:
        peer_before = resident_bytes(peer.pid)
        peer.type("yes\r")
        time.sleep(PEER_SECONDS)
        peer_growth = resident_bytes(peer.pid) - peer_before
    ours, theirs = (
        f"{growth / 1e6:.2f} MB in {STALL_SECONDS:.0f} s",
        f"terminado {peer_growth / 1e6:.0f} MB in {PEER_SECONDS:.0f} s",
    )
    ratio = f"{growth / max(1, peer_growth):.4f}"
    return [Row("G7", "memory that a stalled viewer costs", ours, theirs, ratio, "≤ 1 MB", growth <= TARGET)]
