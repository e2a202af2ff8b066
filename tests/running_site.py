"""A whole site of its own for tests and benchmarks: Redis, ASGI server, worker and reconciler as real processes.

It shares the machine's engine and the images that set-up built, and nothing else: its instance id, database, Redis,
sockets and queues are its own, so it runs beside any other clone or site.
"""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

ROOT = Path(__file__).resolve().parent.parent
CLONE_STATE = Path(os.environ.get("MUELLE_STATE", ROOT / ".muelle"))

START_TIMEOUT = 60.0  # seconds until pages answer; a cold Python on a busy machine takes ten
STOP_TIMEOUT = 15.0  # seconds between asking a process to end and ending it
DATABASE_TIMEOUT = 10.0  # seconds that a look into the database waits for a writer
# A test that is killed takes its site with it.
MORTAL = ["setpriv", "--pdeathsig", "KILL"]
# What set-up does, in one process instead of four.
PREPARE = """
from django.core.management import call_command
call_command("migrate", verbosity=0)
call_command("collectstatic", interactive=False, verbosity=0)
call_command("sync_content")
call_command("demo_accounts")
"""
# Makes accounts that share one password: hashing it once is what takes the time.
PEOPLE = """
import sys
from django.contrib.auth.hashers import make_password
from accounts.models import User
password = make_password({password!r})
User.objects.bulk_create(User(username=name, password=password) for name in {names!r})
"""
PASSWORD = "learner-password"

AnySite = TypeVar("AnySite", bound="RunningSite")


class NotStarted(Exception):
    """Raised to the test: a process of the site did not come up; the text has the end of its log."""


def free_port() -> int:
    """Return a port that nothing listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(condition: Callable[[], bool], *, seconds: float, what: str) -> None:
    """Poll `condition` until it holds. Raises NotStarted after `seconds`."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            raise NotStarted(f"{what} did not happen within {seconds:.0f} s.")
        time.sleep(0.05)


class RunningSite:
    """The processes of one site, each of which can be killed and started again."""

    def __init__(self, directory: Path, *, time_scale: float = 1.0, **settings: str) -> None:
        self.directory = directory
        self.instance = secrets.token_hex(4)
        self.run_dir = Path("/run/muelle") / self.instance
        self.port, self.redis_port = free_port(), free_port()
        self.address = f"http://localhost:{self.port}"
        self.processes: dict[str, subprocess.Popen[bytes]] = {}
        self.settings = {"MUELLE_TIME_SCALE": str(time_scale), "MUELLE_DEMO": "1", "MUELLE_XTERM_CDN": "0", **settings}
        self._copy_state()

    def _copy_state(self) -> None:
        for name in ("env", "images.json"):
            if (CLONE_STATE / name).is_file():
                shutil.copy(CLONE_STATE / name, self.directory / name)
        if (CLONE_STATE / "diagrams").is_dir():  # drawing them anew would take a second
            shutil.copytree(CLONE_STATE / "diagrams", self.directory / "diagrams")
        (self.directory / "instance").write_text(self.instance)
        (self.directory / "secret_key").write_text(secrets.token_hex(32))

    def environment(self, *, engine: bool) -> dict[str, str]:
        """Return the environment of a process; only those with `engine` learn where the engine is."""
        inherited = {
            name: os.environ[name] for name in ("PATH", "HOME", "LANG", "MUELLE_ENGINE_URL") if name in os.environ
        }
        own = {
            "PYTHONPATH": str(ROOT / "platform"),
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "MUELLE_STATE": str(self.directory),
            "MUELLE_RUN_DIR": str(self.run_dir),
            "MUELLE_INSTANCE": self.instance,
            "DATABASE_URL": self.settings.get("DATABASE_URL", f"sqlite:///{self.directory / 'db.sqlite3'}"),
            "REDIS_URL": f"redis://127.0.0.1:{self.redis_port}/0",
        }
        environment = {**inherited, **own, **self.settings}
        if not engine:
            environment["MUELLE_ENGINE_URL"] = ""
        return environment

    def manage(self, *arguments: str, timeout: float = 120.0) -> str:
        """Run a management command of the site and return what it printed. Raises CalledProcessError."""
        command = [sys.executable, str(ROOT / "manage.py"), *arguments]
        done = subprocess.run(
            command, env=self.environment(engine=True), capture_output=True, text=True, timeout=timeout, check=False
        )
        if done.returncode:
            error = subprocess.CalledProcessError(done.returncode, command, done.stdout, done.stderr)
            error.add_note(done.stderr)
            raise error
        return done.stdout

    def commands(self) -> dict[str, tuple[list[str], bool]]:
        """Return the command of each process, and whether it may know the engine."""
        python = sys.executable
        redis = f"redis-server --port {self.redis_port} --bind 127.0.0.1 --dir {self.directory}".split()
        uvicorn = f"-m uvicorn config.asgi:application --host 127.0.0.1 --port {self.port}".split()
        uvicorn += ["--no-access-log", "--no-server-header"]
        limits = ["--ws-max-size", "65536", "--ws-per-message-deflate", "false", "--timeout-graceful-shutdown", "3"]
        worker = [
            "-m",
            "celery",
            "-A",
            "config",
            "worker",
            "--concurrency",
            "2",
            "--without-gossip",
            "--without-mingle",
        ]
        return {
            "redis": ([*redis, "--save", ""], False),
            "asgi": ([python, *uvicorn, *limits], False),
            "worker": ([python, *worker, "--without-gossip", "--without-mingle"], True),
            "reconciler": ([python, str(ROOT / "manage.py"), "reconcile"], True),
        }

    def start(self, name: str, *, beside: str = "", **settings: str) -> None:
        """Start one process in a process group of its own, with other settings than the rest where some are given.

        `beside`: start one more of its kind, known as `<name><beside>`.
        """
        command, engine = self.commands()[name]
        log = (self.directory / f"{name}{beside}.log").open("ab")
        with log:
            self.processes[f"{name}{beside}"] = subprocess.Popen(
                [*MORTAL, *command],
                cwd=ROOT,
                env={**self.environment(engine=engine), **settings},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def kill(self, name: str, number: signal.Signals = signal.SIGKILL) -> None:
        """Send a signal to one process and its children, and wait for its end."""
        process = self.processes[name]
        if process.poll() is None:
            os.killpg(process.pid, number)
        try:
            process.wait(STOP_TIMEOUT)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait(STOP_TIMEOUT)

    def signal(self, name: str, number: signal.Signals) -> None:
        """Send a signal to one process and its children without waiting."""
        os.killpg(self.processes[name].pid, number)

    def restart(self, name: str, **settings: str) -> None:
        """Kill one process without warning and start it again, as a supervisor would."""
        self.kill(name)
        self.start(name, **settings)

    def answers(self) -> bool:
        """Return whether pages are served."""
        try:
            with urllib.request.urlopen(f"{self.address}/healthz", timeout=2) as response:
                return bool(response.status == 200)
        except (urllib.error.URLError, OSError):
            return False

    def wait_until_it_answers(self) -> None:
        """Wait for pages. Raises NotStarted with the end of the server's log."""
        try:
            wait_for(self.answers, seconds=START_TIMEOUT, what="An answer of the site")
        except NotStarted as error:
            raise NotStarted(f"{error}\n{self.log('asgi')[-3000:]}") from None

    def log(self, name: str) -> str:
        """Return what a process has written so far."""
        path = self.directory / f"{name}.log"
        return path.read_text(errors="replace") if path.exists() else ""

    @property
    def engine_url(self) -> str:
        """The engine that the site's sandboxes run on."""
        return os.environ.get("MUELLE_ENGINE_URL") or self.found["MUELLE_ENGINE_URL"]

    @property
    def found(self) -> dict[str, str]:
        """What set-up found out about this machine."""
        lines = (self.directory / "env").read_text().splitlines()
        settings = dict(line.split("=", 1) for line in lines if "=" in line)
        return {name: value.strip("'\"") for name, value in settings.items()}

    @property
    def image(self) -> str:
        """The lab image that set-up built."""
        return str(json.loads((self.directory / "images.json").read_text())["standard"])

    def rows(self, question: str, *values: object) -> list[dict[str, Any]]:
        """Ask the site's SQLite database; return rows by column. UUIDs are in it without hyphens."""
        address = f"file:{self.directory / 'db.sqlite3'}?mode=ro"
        with contextlib.closing(sqlite3.connect(address, uri=True, timeout=DATABASE_TIMEOUT)) as database:
            database.row_factory = sqlite3.Row
            return [dict(row) for row in database.execute(question, values)]

    def add_people(self, *names: str) -> None:
        """Make learners with the password PASSWORD."""
        self.manage("shell", "--verbosity", "0", "--command", PEOPLE.format(password=PASSWORD, names=names))

    def up(self) -> None:
        """Bring everything up, with the course and the demo accounts."""
        self.start("redis")
        self.manage("shell", "--verbosity", "0", "--command", PREPARE)
        for name in ("asgi", "worker", "reconciler"):
            self.start(name)
        self.wait_until_it_answers()

    def down(self) -> None:
        """End the processes, then everything they made."""
        for name in sorted(self.processes.keys() - {"redis"}, reverse=True):  # what makes machines before the pages
            self.kill(name, signal.SIGTERM)
        try:
            self.manage("drain")
        finally:
            self.kill("redis")
            shutil.rmtree(self.run_dir, ignore_errors=True)


@contextmanager
def brought_up(site: AnySite, *people: str) -> Iterator[AnySite]:
    """Yield a site that is up, with these learners; take it down whatever happens."""
    try:
        site.up()
        if people:
            site.add_people(*people)
        yield site
    finally:
        site.down()


@contextmanager
def running_site(directory: Path, *people: str, **options: str | float) -> Iterator[RunningSite]:
    """Yield a site of the plain kind, `brought_up`."""
    with brought_up(RunningSite(directory, **options), *people) as site:
        yield site
