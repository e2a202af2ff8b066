"""Ports that nothing listens on, so that several clones run side by side."""

import socket

# How far above the preferred port to look before taking any free one.
NEIGHBOURS = 20


def is_free(port: int, host: str = "127.0.0.1") -> bool:
    """Whether this process could listen there now."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        # As servers do: a port in TIME_WAIT counts as free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def free_port(preferred: int = 0, host: str = "127.0.0.1") -> int:
    """The preferred port, or the next free one above it, or any."""
    if preferred:
        for port in range(preferred, preferred + NEIGHBOURS):
            if is_free(port, host):
                return port
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.bind((host, 0))
        return int(probe.getsockname()[1])
