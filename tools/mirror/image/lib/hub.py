"""Answers in place of Docker Hub: searches the library, and says in a sentence what it lacks and what to do instead.

It runs in the mirror's container, behind nginx, which sends what is there; standard library only. See docs/mirror.md.
"""

import difflib
import json
import re
import socketserver
from dataclasses import dataclass
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

SOCKET = Path("/run/mirror/hub.sock")
LIBRARY = Path("/library/docker/registry/v2")
# Where Docker Hub sends those who want in. Everybody gets a token; nobody who brings a password does.
CHALLENGE = 'Bearer realm="https://auth.docker.io/token",service="registry.docker.io"'
TOKEN = {"token": "anybody", "access_token": "anybody", "expires_in": 3600, "issued_at": "2026-01-01T00:00:00Z"}
# nginx is the only client, on this machine; one that neither asks nor reads is let go.
CLIENT_SECONDS = 5
# Clients that nginx lets wait while one is answered, which takes a few milliseconds.
WAITING = 128

# What names of images and tags are made of. Nothing else is ever said back.
NAME, REFERENCE = r"(?P<name>[a-z0-9][a-z0-9._/-]{0,200})", r"(?P<reference>[\w.:-]{1,128})"
IMAGE = re.compile(rf"/v2/{NAME}/(?P<kind>manifests|blobs|tags)/{REFERENCE}", re.ASCII)
# Tags of set-up's own, which tell one making of an image from another.
MARK = "muelle-"
# So many names fit in a sentence that somebody reads.
NAMES_SHOWN = 20
# As Docker Hub: 25 unless told, 100 at most.
RESULTS, MOST_RESULTS = 25, 100
DESCRIPTION = "org.opencontainers.image.description"

NO_IMAGE = (
    "{name} is not in this machine's registry, and no way leads from a lab to the internet. {guess}It has {names}; "
    "`docker search WORD` looks through them"
)
NO_TAG = "{name} has no {what} in this machine's registry, and no way leads from a lab to the internet. It has {tags}"
NO_PUSH = (
    "this machine's registry takes images only below the namespace of your session: "
    "docker tag IMAGE registry.muelle:5000/NAMESPACE/NAME, then push that"
)
NO_LOGIN = "a lab never reaches Docker Hub, and this machine's registry needs no account: pull without signing in"
NO_PAGE = "this is a lab's stand-in for Docker Hub: it has images, and no pages"


@dataclass(frozen=True)
class Library:
    """The images that everybody can pull, as the registry keeps them in files."""

    root: Path = LIBRARY

    def names(self) -> list[str]:
        """The images it has."""
        return self._folders(self.root / "repositories/library")

    def tags(self, name: str) -> list[str]:
        """The tags of one image that are for people; none of an image that is not there."""
        if name not in self.names():
            return []
        found = self._folders(self.root / "repositories/library" / name / "_manifests/tags")
        return [tag for tag in found if not tag.startswith(MARK)]

    def description(self, name: str) -> str:
        """What an image says of itself; nothing where it says nothing."""
        for tag in self.tags(name):
            link = self.root / "repositories/library" / name / "_manifests/tags" / tag / "current/link"
            try:
                manifest = json.loads(self._blob(link.read_text(encoding="ascii").strip()))
                labels = json.loads(self._blob(manifest["config"]["digest"]))["config"]["Labels"] or {}
                return str(labels[DESCRIPTION])
            except (OSError, ValueError, KeyError, TypeError):
                continue  # a list for several processors, or an image without such a label
        return ""

    def search(self, word: str) -> list[tuple[str, str]]:
        """The images, each with its description, in whose name or description a word is; names come first."""
        wanted = word.lower().removeprefix("library/")
        described = [(name, self.description(name)) for name in self.names()]
        found = [pair for pair in described if wanted in pair[0] or wanted in pair[1].lower()]
        return sorted(found, key=lambda pair: (wanted not in pair[0], pair[0]))

    def _blob(self, digest: str) -> str:
        _, _, digits = digest.partition(":")
        return (self.root / "blobs/sha256" / digits[:2] / digits / "data").read_text(encoding="utf-8")

    @staticmethod
    def _folders(folder: Path) -> list[str]:
        return sorted(path.name for path in folder.iterdir()) if folder.is_dir() else []


@dataclass(frozen=True)
class Answer:
    """What a client is told."""

    status: HTTPStatus
    body: dict[str, Any]


def answer(library: Library, method: str, target: str, *, authorized: bool = False) -> Answer:
    """What to say to one request. authorized: whether it brings a token, or a name and a password."""
    parts = urlsplit(target)
    if parts.path == "/token":
        named = method != "GET" or authorized
        return _refusal(HTTPStatus.UNAUTHORIZED, "UNAUTHORIZED", NO_LOGIN) if named else Answer(HTTPStatus.OK, TOKEN)
    if method not in {"GET", "HEAD"}:
        return _refusal(HTTPStatus.FORBIDDEN, "DENIED", NO_PUSH)
    if parts.path == "/v2/":
        # As Docker Hub does, so that `docker login` comes to /token and is told there.
        known = Answer(HTTPStatus.OK, {})
        return known if authorized else _refusal(HTTPStatus.UNAUTHORIZED, "UNAUTHORIZED", "fetch a token first")
    if parts.path == "/v1/search":
        return _results(library, parse_qs(parts.query))
    if wanted := IMAGE.fullmatch(parts.path):
        return _image(library, wanted["name"].removeprefix("library/"), wanted["kind"], wanted["reference"])
    return _refusal(HTTPStatus.NOT_FOUND, "NOT_FOUND", NO_PAGE)


def _image(library: Library, name: str, kind: str, reference: str) -> Answer:
    tags = library.tags(name)
    if not tags:
        # Docker Hub says the same of what is not there and of what is not for everybody.
        return _refusal(HTTPStatus.NOT_FOUND, "DENIED", _no_image(library.names(), name))
    if kind == "tags":
        return Answer(HTTPStatus.OK, {"name": f"library/{name}", "tags": tags})
    what = "image with that digest" if ":" in reference else f"tag {reference}"
    sentence = NO_TAG.format(name=name, what=what, tags=", ".join(tags))
    return _refusal(HTTPStatus.NOT_FOUND, "BLOB_UNKNOWN" if kind == "blobs" else "MANIFEST_UNKNOWN", sentence)


def _no_image(names: list[str], name: str) -> str:
    alike = difflib.get_close_matches(name.rpartition("/")[2], names, 1)
    guess = f"Is it {alike[0]} that you want? " if alike else ""
    shown = ", ".join(names[:NAMES_SHOWN]) or "nothing yet"
    more = f" and {len(names) - NAMES_SHOWN} more" if len(names) > NAMES_SHOWN else ""
    return NO_IMAGE.format(name=name, guess=guess, names=shown + more)


def _results(library: Library, query: dict[str, list[str]]) -> Answer:
    word, asked = query.get("q", [""])[0], query.get("n", [""])[0]
    most = min(int(asked), MOST_RESULTS) if asked.isascii() and asked.isdigit() else RESULTS
    found = [
        # Official is what Docker Hub calls a name without an owner. What it is made of, the description says.
        {"name": name, "description": text, "is_official": True, "is_automated": False, "star_count": 0}
        for name, text in library.search(word)[:most]
    ]
    pages = {"num_pages": 1, "page": 1, "page_size": most}
    return Answer(HTTPStatus.OK, {"query": word, "num_results": len(found), **pages, "results": found})


def _refusal(status: HTTPStatus, code: str, sentence: str) -> Answer:
    return Answer(status, {"errors": [{"code": code, "message": sentence}]})


class Handler(BaseHTTPRequestHandler):
    """One request of nginx."""

    timeout = CLIENT_SECONDS
    server_version = "muelle"
    sys_version = ""

    def handle_any(self) -> None:
        """Answer it. What it brings along, nginx has kept back."""
        said = answer(Library(), self.command, self.path, authorized="Authorization" in self.headers)
        body = json.dumps(said.body).encode()
        self.send_response(said.status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        if said.status == HTTPStatus.UNAUTHORIZED:
            self.send_header("WWW-Authenticate", CHALLENGE)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = handle_any

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the name that it has in the base class
        """Say nothing: what learners ask for is theirs."""


class Server(socketserver.UnixStreamServer):
    """Answers one after the other: no number of clients makes it many threads."""

    request_queue_size = WAITING

    def handle_error(self, request: object, client_address: object) -> None:
        """Go on; nginx tells the client."""


def main() -> None:
    """Serve until somebody ends the mirror."""
    SOCKET.unlink(missing_ok=True)
    with Server(str(SOCKET), Handler) as server:
        server.serve_forever()


if __name__ == "__main__":
    main()
