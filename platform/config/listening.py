"""`python -m config.listening`: the ASGI server of a classroom, on the site's port and on those that show labs.

uvicorn's own command listens on one port; one process has to listen on all of them, since what it knows of open
streams and sockets is what their limits count.
"""

import argparse
import socket
import sys
from collections.abc import Sequence

import uvicorn

BACKLOG = 2048  # connections that wait to be accepted, as uvicorn has it


def main(arguments: Sequence[str] | None = None) -> None:
    """Listen until told to stop."""
    options = _parser().parse_args(arguments)
    config = uvicorn.Config(
        "config.asgi:application",
        access_log=False,
        server_header=False,
        ws_max_size=options.ws_max_size,
        ws_per_message_deflate=False,
        timeout_graceful_shutdown=options.timeout_graceful_shutdown,
        ssl_certfile=options.certificate,
        ssl_keyfile=options.key,
    )
    listeners = [_listen(options.host, port) for port in [options.port, *options.lab_ports]]
    uvicorn.Server(config).run(sockets=listeners)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--host", required=True)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--lab-ports", type=int, nargs="*", default=[])
    parser.add_argument("--certificate", help="with it, and --key, https is spoken")
    parser.add_argument("--key")
    parser.add_argument("--ws-max-size", type=int, required=True)
    parser.add_argument("--timeout-graceful-shutdown", type=int, required=True)
    return parser


def _listen(host: str, port: int) -> socket.socket:
    try:
        return socket.create_server((host, port), backlog=BACKLOG)
    except OSError as error:
        sys.exit(f"Port {port} of {host} cannot be listened on: {error.strerror}.")


if __name__ == "__main__":
    main()
