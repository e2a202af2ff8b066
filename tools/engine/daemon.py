"""The dockerd of our own: how it is started, found again, and asked to stop."""

import os
import shutil
import signal
import subprocess
import time
from pathlib import Path

from tools.engine import places
from tools.engine.client import answers
from tools.engine.network import free_network, taken_networks
from tools.problems import Problem
from tools.shell import DETAIL_LINES, find_program

# Five seconds on two idle cores; a busy machine that also reloads many containers takes longer.
START_SECONDS = 60.0
# dockerd waits up to 15 s for its own containerd.
STOP_SECONDS = 30.0
POLL_SECONDS = 0.1
# An engine that says only warnings writes 2 kB for each sandbox; one older file is kept.
LOG_BYTES = 8 * 1024 * 1024


def command() -> list[str]:
    """The command line of the engine, each setting with its reason."""
    pool = free_network(places.SESSION_POOLS, taken_networks())
    return [
        find_program("dockerd") or "dockerd",
        f"--host={places.URL}",
        f"--pidfile={places.PID_FILE}",
        f"--exec-root={places.EXEC_ROOT}",
        f"--data-root={places.DATA_ROOT}",
        # The machine's own daemon.json must not reach this engine; in this file an admin may name a registry mirror.
        f"--config-file={places.CONFIGURATION}",
        # Where a system containerd answers, dockerd uses it; our containers must not mix with the other engine's.
        "--containerd-namespace=muelle",
        "--containerd-plugins-namespace=muelle-plugins",
        # Hard disk limits for every sandbox (`--storage-opt size=`).
        "--storage-driver=btrfs",
        # Our bridge and our rules; the host's own are never touched. `none` here would delete another engine's docker0.
        f"--bridge={places.BRIDGE}",
        "--iptables=false",
        "--ip6tables=false",
        f"--default-address-pool=base={pool},size={places.SESSION_PREFIX}",
        # Sandboxes live on while the engine is restarted or upgraded.
        "--live-restore",
        # What a container prints must not fill the disk.
        "--log-driver=json-file",
        "--log-opt=max-size=1m",
        "--log-opt=max-file=2",
        # Whoever may speak to the engine is root; no group of users gets that by chance.
        "--group=root",
        "--log-level=warn",
    ]


def start() -> None:
    """Start the engine and wait until it answers. The network and the disk must be there. Raises Problem."""
    places.EXEC_ROOT.mkdir(parents=True, exist_ok=True)
    if not places.CONFIGURATION.exists():
        places.CONFIGURATION.write_text("{}\n")
    turn_log()
    with places.LOG.open("ab") as log:
        # A session of its own: Ctrl-C at `make run` and the end of the terminal must not reach the engine.
        process = subprocess.Popen(
            command(),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
            cwd="/",
            env=_environment(),
        )
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if answers(places.URL):
            return
        if process.poll() is not None:
            raise _failed(f"The lab engine ended at once with code {process.returncode}.")
        time.sleep(POLL_SECONDS)
    process.terminate()
    raise _failed(f"The lab engine did not answer within {START_SECONDS:.0f} s.")


def pid() -> int | None:
    """The process id of our engine if it runs, proven by its command line, since pid files outlive their processes."""
    try:
        number = int(places.PID_FILE.read_text())
        words = Path(f"/proc/{number}/cmdline").read_bytes().split(b"\0")
    except (OSError, ValueError):
        return None
    return number if f"--pidfile={places.PID_FILE}".encode() in words else None


def stop() -> bool:
    """Ask the engine to end and wait for it; sandboxes live on (live-restore). Returns whether one was running."""
    number = pid()
    if number is None:
        return False
    os.kill(number, signal.SIGTERM)
    deadline = time.monotonic() + STOP_SECONDS
    while pid() is not None:
        if time.monotonic() > deadline:
            raise Problem(f"The lab engine (pid {number}) does not end.", f"Look at {places.LOG}.")
        time.sleep(POLL_SECONDS)
    return True


def turn_log() -> None:
    """Put a full log aside. The engine goes on writing to the same file, which it has opened for appending."""
    if places.LOG.exists() and places.LOG.stat().st_size > LOG_BYTES:
        shutil.copyfile(places.LOG, places.LOG.with_suffix(".log.1"))
        os.truncate(places.LOG, 0)


def _environment() -> dict[str, str]:
    # The engine outlives the clone that started it: of that clone's environment it gets the way out and nothing else.
    kept = ("HOME", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "no_proxy")
    return {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", **{name: os.environ[name] for name in kept if name in os.environ}}


def _failed(sentence: str) -> Problem:
    lines = places.LOG.read_text(errors="replace").splitlines()
    return Problem(sentence, f"Read {places.LOG}; mend what it names and run again.", "\n".join(lines[-DETAIL_LINES:]))
