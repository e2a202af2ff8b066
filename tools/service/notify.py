"""Tells systemd that a unit is ready (sd_notify(3)); does nothing where nobody listens."""

import os
import socket

# A notification is one datagram to a socket of this machine.
SEND_SECONDS = 2.0


def notify(*lines: str) -> None:
    """Send lines such as `READY=1` or `STATUS=...` to whoever started us. A listener that has gone does not matter."""
    address = os.environ.get("NOTIFY_SOCKET", "")
    if not address:
        return
    # A leading @ stands for the abstract name space.
    path = f"\0{address[1:]}" if address.startswith("@") else address
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sender:
        sender.settimeout(SEND_SECONDS)
        try:
            sender.sendto("\n".join(lines).encode(), path)
        except OSError:
            return


def ready() -> None:
    """Say that whoever waits for this unit need not wait any longer."""
    notify("READY=1")
