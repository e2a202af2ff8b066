"""`python dying_clients.py SOCKET COUNT`: so many clients of an agent in turn, each killed with -9 in mid-use.

One half looks at the terminal `main`, the other half runs a program that would last for ever.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import threading
from pathlib import Path

from sandboxes.agent_client import DEFAULT_ENVIRONMENT, AgentClient, PtyStream, login_shell

FOREVER = ["/bin/sleep", "777"]
IN_USE = 0.02  # seconds that a program runs before its client dies


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


async def watch(path: Path, viewer: str) -> None:
    await PtyStream.attach(path, name="main", viewer=viewer, offset=0, window=65536, spawn=login_shell({}))
    die()


def run(path: Path) -> None:
    threading.Timer(IN_USE, die).start()
    AgentClient(path).run(FOREVER, env=DEFAULT_ENVIRONMENT, timeout=60)


def main(path: Path, count: int) -> None:
    for number in range(count):
        child = os.fork()
        if child == 0:
            if number % 2:
                run(path)
            else:
                asyncio.run(watch(path, f"v{number}"))
            os._exit(1)  # it should be dead
        _child, status = os.waitpid(child, 0)
        sys.stdout.write("killed\n" if os.WIFSIGNALED(status) else "ended\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
