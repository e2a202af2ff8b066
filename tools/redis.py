"""Find a Redis that may carry wake-ups and notices, or decide where this clone's own will listen."""

import secrets
import socket
from urllib.parse import unquote, urlsplit

from tools.ports import free_port, is_free
from tools.workspace import Workspace

# A local Redis answers within a millisecond.
ANSWER_SECONDS = 2.0
# INFO of a Redis with every module is some 10 kB.
ANSWER_BYTES = 256 * 1024
ORDINARY_URL = "redis://127.0.0.1:6379/0"
OLDEST_MAJOR = 6
PASSWORD_BYTES = 24


def find_redis(workspace: Workspace) -> str | None:
    """The address of a Redis that answers and is usable: REDIS_URL's, else our own, else the one at the usual port."""
    given = workspace.environ.get("REDIS_URL")
    recorded = workspace.setting("REDIS_URL")
    for url in [given] if given else filter(None, [recorded, ORDINARY_URL]):
        if is_usable(ask(url, "INFO")):
            return url
    return None


def own_redis_url(workspace: Workspace) -> str:
    """The address of this clone's own Redis; drawn once. The password keeps the machine's other users out."""
    recorded = workspace.setting("REDIS_URL")
    if is_own(recorded) and is_free(urlsplit(recorded).port or 0):
        return recorded
    return f"redis://:{secrets.token_urlsafe(PASSWORD_BYTES)}@127.0.0.1:{free_port()}/0"


def is_own(url: str) -> bool:
    """Whether an address is one that `own_redis_url` draws: on loopback, with a password, not at the ordinary port."""
    parts = urlsplit(url)
    return parts.hostname == "127.0.0.1" and bool(parts.password) and parts.port != 6379


def is_usable(information: str) -> bool:
    """Whether what INFO says is a Redis that is new enough and throws nothing away when memory runs short."""
    facts = dict(line.split(":", 1) for line in information.splitlines() if ":" in line)
    major = facts.get("redis_version", "0").split(".")[0]
    if not major.isdigit() or int(major) < OLDEST_MAJOR:
        return False
    return facts.get("maxmemory_policy") == "noeviction" or facts.get("maxmemory") == "0"


def ask(url: str, command: str) -> str:
    """Send one command without arguments and return the answer as text; empty when there is none."""
    parts = urlsplit(url)
    try:
        with _connect(url) as connection:
            connection.settimeout(ANSWER_SECONDS)
            if parts.password:
                user = [unquote(parts.username)] if parts.username else []
                _talk(connection, "AUTH", *user, unquote(parts.password))
            return _talk(connection, command)
    except (OSError, ValueError):
        return ""


def _connect(url: str) -> socket.socket:
    parts = urlsplit(url)
    if parts.scheme == "redis":
        return socket.create_connection((parts.hostname or "127.0.0.1", parts.port or 6379), ANSWER_SECONDS)
    if parts.scheme == "unix":
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        connection.connect(parts.path)
        return connection
    raise ValueError(f"Redis addresses of the kind {parts.scheme}:// are not looked at")


def _talk(connection: socket.socket, *words: str) -> str:
    encoded = [word.encode() for word in words]
    request = b"*%d\r\n" % len(encoded) + b"".join(b"$%d\r\n%b\r\n" % (len(word), word) for word in encoded)
    connection.sendall(request)
    with connection.makefile("rb") as stream:
        head = stream.readline(ANSWER_BYTES)
        if head.startswith(b"-"):
            raise ValueError(head.decode(errors="replace"))
        if not head.startswith(b"$"):
            return head[1:].decode(errors="replace").strip()
        length = int(head[1:])
        if not 0 <= length <= ANSWER_BYTES:
            raise ValueError("an answer of a size that no Redis gives")
        return stream.read(length).decode(errors="replace")
