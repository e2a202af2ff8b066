"""The processes of a site: what each is called with, and which of them may know the engine."""

import ipaddress
import json
import socket
import sys
from pathlib import Path
from urllib.parse import unquote, urlsplit

from tools.envfile import write_private
from tools.redis import is_own
from tools.shell import CommandFailed, find_program, run
from tools.supervisor.child import Command
from tools.supervisor.leftovers import MARK
from tools.workspace import Workspace

PREFERRED_PORT = 8000
# Bytes of one WebSocket message from a browser; a paste of more is sent in pieces.
WEBSOCKET_BYTES = 65536
# Seconds that open pages and terminals get when the server is asked to end; browsers reconnect by themselves.
GRACEFUL_SECONDS = 3
# Starting sandboxes keeps a core busy; more at once only makes each slower.
WORKERS = 2
# A broker of small messages never needs it; a leak must not take the machine down.
REDIS_MEMORY = "256mb"
# Avahi answers for <hostname>.local then, and phones ask for such names by themselves.
MDNS_SOCKET = Path("/run/avahi-daemon/socket")


def commands(workspace: Workspace, port: int) -> list[Command]:
    """The commands in the order of their start."""
    python = str(workspace.python)
    manage = str(workspace.root / "manage.py")
    celery = (python, "-m", "celery", "-A", "config")
    inside = _environment(workspace)
    # Empty, not absent: settings would else read it from the file that set-up wrote.
    outside = {**inside, "MUELLE_ENGINE_URL": ""}
    schedule = _new_schedule(workspace)
    found = [
        Command("asgi", (python, "-m", *_uvicorn(workspace.host, port)), outside, patience=GRACEFUL_SECONDS + 2),
        Command(
            "worker", (*celery, "worker", "--concurrency", str(WORKERS), "--without-gossip", "--without-mingle"), inside
        ),
        Command("reconciler", (python, manage, "reconcile"), inside),
        Command("beat", (*celery, "beat", "--schedule", schedule), outside),
    ]
    url = workspace.setting("REDIS_URL")
    if is_own(url):
        found.insert(0, _redis(workspace, url, outside))
    if workspace.setting("MUELLE_ENGINE_URL").startswith("unix:///run/muelle/"):
        found.append(Command("engine", (sys.executable, "-m", "tools", "engine", "keep"), inside))
    if workspace.setting("MUELLE_LAB_NETWORKS"):
        found.append(Command("walls", (sys.executable, "-m", "tools", "walls", "keep"), inside))
    if workspace.setting("MUELLE_MIRROR"):
        found.append(Command("mirror", (sys.executable, "-m", "tools", "mirror", "keep"), inside))
    return found


def _environment(workspace: Workspace) -> dict[str, str]:
    # By loopback the supervisor asks whether the site is well, whatever others call it.
    named = workspace.environ.get("ALLOWED_HOSTS", "").split(",") if workspace.environ.get("ALLOWED_HOSTS") else []
    allowed = ",".join(dict.fromkeys(["localhost", "127.0.0.1", "[::1]", *(named or names(workspace.host))]))
    return workspace.child_environment(
        **{MARK: str(workspace.state)},
        PYTHONPATH=str(workspace.root / "platform"),
        PYTHONUNBUFFERED="1",
        DJANGO_SETTINGS_MODULE="config.settings",
        REDIS_URL=workspace.setting("REDIS_URL"),
        ALLOWED_HOSTS=allowed,
    )


def _uvicorn(host: str, port: int) -> tuple[str, ...]:
    # Deflate would cost 300 kB and a copy for every terminal; their bytes travel a short way. Behind the ports of labs
    # it is their own servers that answer, and that say what they are.
    return (
        "uvicorn", "config.asgi:application", "--host", host, "--port", str(port),
        "--no-access-log", "--no-server-header",
        "--ws-max-size", str(WEBSOCKET_BYTES), "--ws-per-message-deflate", "false",
        "--timeout-graceful-shutdown", str(GRACEFUL_SECONDS),
    )  # fmt: skip


def _new_schedule(workspace: Workspace) -> str:
    """Where beat notes what it did. An old one is worth nothing, and one that a power cut tore is complained of."""
    for leftover in (workspace.state / "run").glob("beat-schedule*"):
        leftover.unlink()
    return str(workspace.state / "run" / "beat-schedule")


def _redis(workspace: Workspace, url: str, environment: dict[str, str]) -> Command:
    parts = urlsplit(url)
    folder = workspace.state / "redis"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    # Whoever saved it, by hand perhaps: a torn one would keep Redis from starting for ever.
    (folder / "dump.rdb").unlink(missing_ok=True)
    lines = [
        "bind 127.0.0.1",
        f"port {parts.port}",
        # In a file, not on the command line, which every user of the machine can read.
        f"requirepass {unquote(parts.password or '')}",
        f"dir {folder}",
        # Losing Redis loses no truth, so nothing is written to the disk.
        'save ""',
        "appendonly no",
        f"maxmemory {REDIS_MEMORY}",
        "maxmemory-policy noeviction",
        # It would overwrite the environment by which leftovers are recognised.
        "set-proc-title no",
    ]
    write_private(folder / "redis.conf", "\n".join(lines) + "\n")
    return Command("redis", (find_program("redis-server") or "redis-server", str(folder / "redis.conf")), environment)


def names(host: str) -> list[str]:
    """By what other machines may call a site that listens on `host`; none for loopback."""
    if host in {"0.0.0.0", "::"}:
        return [socket.gethostname(), *mdns_names(), *own_addresses()]
    try:
        return [] if ipaddress.ip_address(host).is_loopback else [host]
    except ValueError:
        return [] if host == "localhost" else [host]


def mdns_names() -> list[str]:
    """The name that other machines find this one by without a server of names, where something answers for it."""
    return [f"{socket.gethostname().partition('.')[0]}.local"] if MDNS_SOCKET.exists() else []


def own_addresses() -> list[str]:
    """This machine's addresses in networks with others."""
    try:
        links = json.loads(run(["ip", "-json", "-4", "address", "show", "scope", "global"]))
    except (CommandFailed, ValueError):
        return []
    return [
        address["local"]
        for link in links
        if not Path(f"/sys/class/net/{link.get('ifname')}/bridge").exists()
        for address in link.get("addr_info", [])
    ]
