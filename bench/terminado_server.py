"""The peer: JupyterLab's terminal server as its documentation sets it up, with a shell on this machine."""

import asyncio
import sys

from terminado import TermSocket, UniqueTermManager
from tornado.web import Application


async def serve(port: int) -> None:
    """Serve terminals at /ws until killed."""
    manager = UniqueTermManager(shell_command=["bash", "--norc"])
    application = Application([(r"/ws", TermSocket, {"term_manager": manager})])
    application.listen(port, "127.0.0.1")
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1])))
