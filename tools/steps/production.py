"""What `docker-compose.yml` has to know of this machine, and the site's secrets, in `.env` beside it."""

import json
import os
import secrets
from pathlib import Path
from urllib.parse import urlsplit

from tools.engine import places
from tools.envfile import edit_env, read_env
from tools.problems import Problem
from tools.workspace import Workspace

# The user of the site's processes in their containers; the Dockerfile makes it.
SITE_USER = 10001
# On a disk, unlike /run: after a power cut the containers are started by the engine, and nobody makes it anew.
RUN_DIRECTORIES = Path("/var/lib/muelle/run")
# Django asks for at least 50 characters; 64 bytes are beyond any guessing.
KEY_BYTES = 64
PASSWORD_BYTES = 32
# Where programs are told whom to trust, in a network that ends TLS itself; builds have to trust the same.
AUTHORITIES = ("PIP_CERT", "REQUESTS_CA_BUNDLE", "SSL_CERT_FILE")
# What set-up found out about this machine; an empty value says that something is not here.
FACTS = (
    "MUELLE_AGENT_VOLUME",
    "MUELLE_ENGINE_QUOTA",
    "MUELLE_ENGINE_QUOTA_COUNTS_IMAGE",
    "MUELLE_ENGINE_TUN",
    "MUELLE_LAB_NETWORKS",
    "MUELLE_MIRROR",
)
TEMPLATE = """\
# What docker-compose.yml reads. `make production` wrote it and keeps the last part up to date; the rest is yours.
# It holds the site's secrets: keep it from others, and keep a copy with your backups.

# The name by which people reach the site. With a public name the proxy fetches its certificate by itself.
# In a classroom without TLS: SITE_ADDRESS=:80, MUELLE_HTTPS=0, and ALLOWED_HOSTS with this machine's name or address.
SITE_ADDRESS=
ALLOWED_HOSTS=
MUELLE_HTTPS=1

"""


def run(workspace: Workspace) -> str:
    """Write what is missing or has changed, and make the directory of the sockets. Raises Problem."""
    path = workspace.root / ".env"
    before = read_env(path)
    socket = _engine_socket(workspace.setting("MUELLE_ENGINE_URL"))
    run_directory = Path(before.get("MUELLE_RUN_DIR") or RUN_DIRECTORIES / workspace.instance)
    _make_run_directory(run_directory)
    drawn = {
        "SECRET_KEY": before.get("SECRET_KEY") or secrets.token_urlsafe(KEY_BYTES),
        "POSTGRES_PASSWORD": before.get("POSTGRES_PASSWORD") or secrets.token_urlsafe(PASSWORD_BYTES),
    }
    facts = {
        "MUELLE_INSTANCE": workspace.instance,
        "MUELLE_RUN_DIR": str(run_directory),
        "MUELLE_IMAGES": _images(workspace.state / "images.json"),
        **{name: workspace.setting(name) for name in FACTS},
        "MUELLE_ENGINE_SOCKET": str(socket),
        "MUELLE_ENGINE_MOUNT": str(_engine_mount(socket)),
        "MUELLE_ENGINE_GROUP": str(socket.stat().st_gid),
    }
    _copy_authorities(workspace)
    # For certificates that somebody brings; the proxy is given the folder, so it has to be there.
    (workspace.state / "tls").mkdir(exist_ok=True)
    edit_env(path, {**drawn, **facts}, template=TEMPLATE)
    lacking = [name for name in ("SITE_ADDRESS", "ALLOWED_HOSTS") if not read_env(path).get(name)]
    return f"set {' and '.join(lacking)} in .env, then `docker compose up`" if lacking else ".env is up to date"


def _engine_socket(url: str) -> Path:
    parts = urlsplit(url)
    if parts.scheme != "unix":
        raise Problem(f"The engine at {url} is not reached by a socket of this machine.", "Unset MUELLE_ENGINE.")
    # Containers are given the real path: /var/run is a link on the host, and none in them.
    return Path(parts.path).resolve()


def _engine_mount(socket: Path) -> Path:
    # Our own engine makes its socket anew when it starts, so a mount of the old one would be dead; systemd keeps the
    # machine's own.
    return places.RUN if socket == places.SOCKET else socket


def _images(path: Path) -> str:
    images: dict[str, str] = json.loads(path.read_text(encoding="utf-8"))
    return ",".join(f"{name}={tag}" for name, tag in sorted(images.items()))


def _copy_authorities(workspace: Workspace) -> None:
    target = workspace.state / "ca" / "host.crt"
    named = next((workspace.environ[name] for name in AUTHORITIES if workspace.environ.get(name)), "")
    if named and Path(named).is_file():
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(Path(named).read_bytes())


def _make_run_directory(path: Path) -> None:
    """Only the site may enter it; the terminal is given `agents` alone, which therefore has to be there."""
    # Given away last, so whoever finds it given away needs to look no further, and may not be allowed to.
    if path.is_dir() and path.stat().st_uid == SITE_USER:
        return
    agents = path / "agents"
    try:
        path.parent.mkdir(mode=0o711, parents=True, exist_ok=True)
        agents.mkdir(mode=0o700, parents=True, exist_ok=True)
        for folder in (agents, path):
            folder.chmod(0o700)
            os.chown(folder, SITE_USER, SITE_USER)
    except PermissionError as error:
        raise Problem(
            f"Only root may make {path} and give it to the site.",
            f"`sudo install -d -o {SITE_USER} -g {SITE_USER} -m 700 {path} {agents}`, and run again.",
        ) from error
