"""Decide which engine runs the labs: the one that answers, else one of our own."""

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from tools.engine import places
from tools.engine.client import answers, information
from tools.problems import Problem

OLDEST_VERSION = (20, 10)


@dataclass(frozen=True)
class Choice:
    """An engine's address, and whether it is ours to start."""

    url: str
    own: bool


def choose_engine(environ: Mapping[str, str]) -> Choice:
    """Decide, without starting anything. Raises Problem where this machine can have no engine.

    `MUELLE_ENGINE=own` asks for ours beside an existing one, `MUELLE_ENGINE=unix://...` for a certain one.
    """
    wish = environ.get("MUELLE_ENGINE", "")
    if wish not in ("", "own"):
        return Choice(_usable(wish), own=False)
    is_root = os.geteuid() == 0
    # Ours, once made on this machine, stays the engine of all clones, also when an upgrade starts another one.
    if wish == "own" or places.DISK_IMAGE.exists() or answers(places.URL):
        if is_root:
            return Choice(places.URL, own=True)
        if wish == "own":
            raise Problem("Only root may start a lab engine of our own.", "Run as root, or without MUELLE_ENGINE=own.")
    for url in _existing(environ):
        if answers(url):
            return Choice(_usable(url), own=False)
    if is_root:
        return Choice(places.URL, own=True)
    raise Problem("No Docker Engine answers here, and only root may start one.", _advice(environ))


def _existing(environ: Mapping[str, str]) -> Iterator[str]:
    if environ.get("DOCKER_HOST"):
        yield environ["DOCKER_HOST"]
        return
    yield "unix:///var/run/docker.sock"
    if environ.get("XDG_RUNTIME_DIR"):
        yield f"unix://{environ['XDG_RUNTIME_DIR']}/docker.sock"


def _advice(environ: Mapping[str, str]) -> str:
    socket = Path("/var/run/docker.sock")
    if environ.get("DOCKER_HOST"):
        return f"Start the engine at DOCKER_HOST={environ['DOCKER_HOST']}, or unset DOCKER_HOST, and run again."
    if socket.exists() and not os.access(socket, os.W_OK):
        return "Docker is here, but you may not use it: `sudo usermod -aG docker $USER`, sign in anew, and run again."
    return "Start Docker (`sudo systemctl start docker`), or run as root, which starts a lab engine of its own."


def _usable(url: str) -> str:
    if not url.startswith("unix://"):
        raise Problem(
            f"The engine at {url} is on another machine; labs are reached through sockets on this one.",
            "Use a Docker Engine of this machine: unset DOCKER_HOST or set it to a unix:// address.",
        )
    try:
        facts = information(url)
    except OSError as error:
        raise Problem(
            f"No engine answers at {url}: {error}.", "Start it, or unset MUELLE_ENGINE, and run again."
        ) from error
    if "Docker Desktop" in str(facts.get("OperatingSystem")):
        raise Problem(
            "Docker Desktop runs its containers in a virtual machine, where labs cannot be reached yet.",
            "Use a Docker Engine on Linux itself: run Muelle inside a Linux machine or virtual machine.",
        )
    version = str(facts.get("ServerVersion", "0"))
    if _version(version) < OLDEST_VERSION:
        raise Problem(
            f"The engine at {url} is version {version}; labs need {'.'.join(map(str, OLDEST_VERSION))} or later.",
            "Upgrade Docker.",
        )
    return url


def _version(text: str) -> tuple[int, ...]:
    digits = text.split("+")[0].split("-")[0].split(".")[:2]
    return tuple(int(part) for part in digits if part.isdigit())
