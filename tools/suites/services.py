"""What suites need beside the code, started for this run of the tests only, and the reasons for what cannot be had."""

import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field

from tools.compose import compose_command
from tools.engine import places
from tools.engine.client import answers
from tools.ports import free_port
from tools.problems import Problem
from tools.redis import ask
from tools.shell import find_program
from tools.suites.postgres import private_postgres
from tools.workspace import Workspace

REDIS_SECONDS = 10.0
STOP_SECONDS = 5.0
POLL_SECONDS = 0.05


@dataclass
class Services:
    """What is there (settings by which tests find it) and what is not (a reason by need)."""

    settings: dict[str, str] = field(default_factory=dict)
    database_url: str = ""
    reasons: dict[str, str] = field(default_factory=dict)


@contextmanager
def services(workspace: Workspace) -> Iterator[Services]:
    """Start PostgreSQL and Redis, look for the engine and Chromium; end what was started."""
    found = Services()
    with ExitStack() as stack:
        try:
            found.database_url = stack.enter_context(private_postgres())
        except Problem as problem:
            found.reasons["postgresql"] = problem.sentence
        try:
            found.settings["REDIS_URL"] = stack.enter_context(_private_redis())
        except Problem as problem:
            found.reasons["redis"] = problem.sentence
        chromium = find_program("chromium")
        if chromium:
            found.settings["MUELLE_CHROMIUM"] = chromium
        else:
            found.reasons["chromium"] = "There is no Chromium on this machine."
        url = workspace.setting("MUELLE_ENGINE_URL")
        if not (url and answers(url)):
            found.reasons["engine"] = "No Docker Engine answers."
        if url != places.URL or "engine" in found.reasons:
            found.reasons["own engine"] = "The lab engine is not our own (as root, MUELLE_ENGINE=own makes it so)."
        if compose_command() is None:
            found.reasons["compose"] = "There is no docker compose on this machine."
        yield found


@contextmanager
def _private_redis() -> Iterator[str]:
    program = find_program("redis-server")
    if program is None:
        raise Problem("There is no Redis server on this machine.", "`apt-get install redis-server`, and run again.")
    port = free_port()
    url = f"redis://127.0.0.1:{port}/0"
    with tempfile.TemporaryDirectory(prefix="muelle-redis-") as folder:
        argv = [program, "--bind", "127.0.0.1", "--port", str(port), "--save", "", "--dir", folder]
        process = subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, start_new_session=True)
        try:
            deadline = time.monotonic() + REDIS_SECONDS
            while not ask(url, "PING"):
                if process.poll() is not None or time.monotonic() > deadline:
                    raise Problem("The Redis of the tests does not start.", "Run `redis-server` by hand to see why.")
                time.sleep(POLL_SECONDS)
            yield url
        finally:
            process.terminate()
            try:
                process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait(STOP_SECONDS)
