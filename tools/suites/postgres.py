"""A PostgreSQL of the tests' own: a cluster in a temporary folder, on a unix socket, gone when they end."""

import os
import pwd
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tools.problems import Problem
from tools.shell import find_program, run, succeeds

INIT_SECONDS = 60.0
START_SECONDS = 30.0
STOP_SECONDS = 15.0
POLL_SECONDS = 0.1
USER = "muelle"
PREFIX = "muelle-postgres-"
# A cluster is made within seconds; a folder this old without a server was left by tests that were killed.
ABANDONED_SECONDS = 600.0
# Nothing here outlives the tests, so nothing waits for the disk.
SETTINGS = ("listen_addresses=", "fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_connections=50")


def find_binaries() -> Path | None:
    """The folder of the newest PostgreSQL server on this machine."""
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name), reverse=True)
    if folders:
        return folders[0]
    program = find_program("initdb")
    return Path(program).resolve().parent if program else None


def remove_abandoned(parent: Path) -> None:
    """Remove clusters whose tests were killed with -9 before they could."""
    for folder in parent.glob(f"{PREFIX}*"):
        running = (folder / "data" / "postmaster.pid").exists()
        if not running and time.time() - folder.stat().st_mtime > ABANDONED_SECONDS:
            shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def private_postgres() -> Iterator[str]:
    """Yield the DATABASE_URL of a fresh cluster; end and remove it afterwards. Raises Problem."""
    binaries = find_binaries()
    if binaries is None:
        raise Problem("There is no PostgreSQL server on this machine.", "`apt-get install postgresql`, and run again.")
    # Not below the clone: the user postgres may not pass through a home directory.
    remove_abandoned(Path("/var/tmp"))
    folder = Path(tempfile.mkdtemp(prefix=PREFIX, dir="/var/tmp"))
    try:
        become = _become_postgres(folder)
        data = folder / "data"
        init: list[str | Path] = [
            *become,
            binaries / "initdb",
            "--pgdata",
            data,
            "--username",
            USER,
            "--auth",
            "trust",
            "--no-sync",
        ]
        run([*init, "--encoding", "UTF8", "--locale", "C.UTF-8"], timeout=INIT_SECONDS, cwd=folder)
        with _server(become, binaries, folder):
            run([binaries / "createdb", "--host", folder, "--username", USER, USER])
            # A socket's folder in place of a host name, as django-environ reads it.
            yield f"postgres://{USER}@/{folder}/{USER}"
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _server(become: list[str], binaries: Path, folder: Path) -> Iterator[None]:
    settings = [word for setting in SETTINGS for word in ("-c", setting)]
    argv: list[str | Path] = [*become, binaries / "postgres", "-D", folder / "data", "-k", folder, *settings]
    with (folder / "log").open("wb") as log:
        # A group of its own: Ctrl-C ends the tests first and the database after them.
        process = subprocess.Popen(
            argv, cwd=folder, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
        )
    try:
        _wait_until_ready(binaries, folder, process)
        yield
    finally:
        # SIGINT is PostgreSQL's fast shutdown: it does not wait for clients.
        process.send_signal(2)
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(STOP_SECONDS)


def _wait_until_ready(binaries: Path, folder: Path, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + START_SECONDS
    while not succeeds([binaries / "pg_isready", "--quiet", "--host", folder]):
        if process.poll() is not None or time.monotonic() > deadline:
            raise Problem(
                "The PostgreSQL of the tests does not start.",
                "Read the lines above.",
                (folder / "log").read_text(errors="replace"),
            )
        time.sleep(POLL_SECONDS)


def _become_postgres(folder: Path) -> list[str]:
    """PostgreSQL refuses to run as root; a word list that changes to its user, and dies with us."""
    if os.geteuid() != 0:
        return ["setpriv", "--pdeathsig", "INT"]
    user = pwd.getpwnam("postgres")
    os.chown(folder, user.pw_uid, user.pw_gid)
    return ["setpriv", "--reuid", "postgres", "--regid", "postgres", "--init-groups", "--pdeathsig", "INT"]
