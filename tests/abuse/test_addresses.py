"""E08: an address that somebody writes into a request is text: nothing here visits it."""

from __future__ import annotations

import ast
import itertools
import socket
import threading
import urllib.request
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.db import transaction
from django.test import Client

from api.actions import create_token
from api.scopes import Scope
from grading.grader import grade_submission
from grading.models import Submission
from lab_sessions.models import LabSession
from tests.abuse.anybodys_actions import PLATFORM
from tests.abuse.syntax import called, imported
from tests.rights.conftest import cast
from tests.rights.people import Cast
from tests.rights.test_api import BODIES, OPERATIONS, known
from tests.rights.test_pages import paths
from tests.web.conftest import _one_image, browser_of, woken, world

__all__ = ["_one_image", "cast", "known", "paths", "woken", "world"]

pytestmark = [pytest.mark.abuse, pytest.mark.django_db]

PORT = "{port}"
# Ways to write this machine, or a file of it.
FORMS = tuple(
    form.replace("PORT", PORT)
    for form in (
        "http://127.0.0.1:PORT/", "https://127.0.0.1:PORT/", "http://localhost:PORT/", "http://LOCALHOST:PORT/",
        "http://localhost.:PORT/", "http://127.1:PORT/", "http://127.0.1:PORT/", "http://0:PORT/", "http://0.0.0.0:PORT/",
        "http://2130706433:PORT/", "http://0x7f000001:PORT/", "http://0x7f.1:PORT/", "http://017700000001:PORT/",
        "http://0177.0.0.1:PORT/", "http://[::1]:PORT/", "http://[::]:PORT/", "http://[::ffff:127.0.0.1]:PORT/",
        "http://[::ffff:7f00:1]:PORT/", "http://[0:0:0:0:0:ffff:127.0.0.1]:PORT/", "http://127.127.127.127:PORT/",
        "http://example.org@127.0.0.1:PORT/", "http://127.0.0.1:PORT#@example.org/", "http://127.0.0.1:PORT?example.org",
        "http://example.org:80@127.0.0.1:PORT/", "http://127.0.0.1:PORT\\@example.org/", "//127.0.0.1:PORT/",
        "http:127.0.0.1:PORT/", "http:/127.0.0.1:PORT/", "http:\\\\127.0.0.1:PORT\\", "HTTP://127.0.0.1:PORT/",
        "http://①②⑦.⓪.⓪.①:PORT/", "http://127。0。0。1:PORT/", "http://%31%32%37.0.0.1:PORT/", "http://localtest.me:PORT/",
        "http://127.0.0.1.nip.io:PORT/", "ftp://127.0.0.1:PORT/", "gopher://127.0.0.1:PORT/_x", "dict://127.0.0.1:PORT/x",
        "git://127.0.0.1:PORT/x.git", "ssh://127.0.0.1:PORT/x.git", "ext::sh -c curl% http://127.0.0.1:PORT",
        "file:///etc/passwd", "jar:http://127.0.0.1:PORT!/", "ldap://127.0.0.1:PORT/x", "ws://127.0.0.1:PORT/",
    )
)  # fmt: skip
# Fields that forms have, and those that somebody would hope for.
FIELDS = (
    "username", "password", "code", "pin", "next", "text", "choice", "points", "reason", "written", "name", "days",
    "scopes", "language", "theme", "old_password", "new_password1", "new_password2", "sentence", "until", "lesson",
    "file", "roster", "first_name", "last_name", "email", "back", "port", "q", "url", "image", "avatar", "webhook",
    "callback", "repository", "import", "redirect_uri",
)  # fmt: skip
# Modules that speak with other programs, all of which are settings: the engine, the registry for labs; and of a
# socket into a lab that its agent has opened already.
SPEAKERS = {
    "sandboxes/runtimes/docker.py", "sandboxes/runtimes/docker_networks.py", "sandboxes/registry.py",
    "operations/doctor/gathering.py", "web_ports/tunnel.py",
}  # fmt: skip
CLIENTS = {
    "requests", "httpx", "aiohttp", "urllib3", "docker", "http.client", "urllib.request", "ftplib", "smtplib",
    "poplib", "imaplib", "telnetlib", "xmlrpc.client", "websockets", "paramiko", "git", "pycurl",
}  # fmt: skip
DIALLERS = {"urlopen", "create_connection", "open_connection", "getaddrinfo", "gethostbyname"}


@dataclass
class Canary:
    """A server that nobody has a reason to speak with, and whatever was dialled meanwhile."""

    port: int
    visitors: list[object] = field(default_factory=list)
    dialled: list[object] = field(default_factory=list)

    @property
    def forms(self) -> list[str]:
        return [form.replace(PORT, str(self.port)) for form in FORMS]


@pytest.fixture
def canary(monkeypatch: pytest.MonkeyPatch) -> Iterator[Canary]:
    listener = socket.create_server(("127.0.0.1", 0))
    made = Canary(listener.getsockname()[1])

    def welcome() -> None:
        with suppress(OSError):
            while True:
                connection, peer = listener.accept()
                made.visitors.append(peer)
                connection.sendall(b"HTTP/1.0 204 No Content\r\n\r\n")
                connection.close()

    threading.Thread(target=welcome, daemon=True).start()
    real = socket.socket.connect
    redis = urlsplit(settings.REDIS_URL)

    def connect(self: socket.socket, address: Any) -> None:
        known = self.family == socket.AF_UNIX or address[:2] == (redis.hostname, redis.port or 6379)
        if not known:
            made.dialled.append(address)
        real(self, address)

    monkeypatch.setattr(socket.socket, "connect", connect)
    with closing(listener):
        yield made
        listener.shutdown(socket.SHUT_RDWR)


def test_e08_no_address_in_a_form_is_visited(cast: Cast, paths: dict[str, str], canary: Canary) -> None:
    for person in ("stranger", "learner", "admin"):
        turns = itertools.cycle(canary.forms)
        for path in paths.values():
            fields = {name: next(turns) for name in FIELDS}
            with transaction.atomic():
                browser = browser_of(cast.by_name[person], raise_request_exception=False)
                browser.post(path, fields, headers={"Referer": next(turns), "X-Forwarded-Host": "127.0.0.1"})
                browser.get(path, {name: next(turns) for name in FIELDS})
                transaction.set_rollback(True)

    assert len(FORMS) >= 40
    assert canary.dialled == canary.visitors == []


def test_e08_no_address_in_the_api_is_visited(cast: Cast, known: dict[str, object], canary: Canary) -> None:
    _token, secret = create_token(by=cast.by_name["admin"], name="x", scopes=Scope)
    program = Client(headers={"Authorization": f"Bearer {secret}"}, raise_request_exception=False)
    turns = itertools.cycle(canary.forms)
    for path, method in OPERATIONS:
        body = BODIES.get(path, {})
        for name in (*body, "url", "webhook"):
            with transaction.atomic():
                data = {**body, name: next(turns)}
                getattr(program, method)(path.format(**known), data=data, content_type="application/json")
                transaction.set_rollback(True)

    assert canary.dialled == canary.visitors == []


def test_e08_no_address_in_an_answer_is_visited_by_the_worker(cast: Cast, canary: Canary) -> None:
    for form in canary.forms:
        session = cast.world.session(cast.alice)
        submission = cast.world.submission(
            cast.alice, cast.world.answered, lab_session=session, generation=session.generation, answer={"text": form}
        )
        grade_submission(submission.pk)
        Submission.objects.all().delete()
        LabSession.objects.all().delete()

    assert canary.dialled == canary.visitors == []


def test_e08_the_canary_sees_who_visits_it(canary: Canary) -> None:
    """The control: of the forms, several do reach it where something opens them."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    for form in canary.forms[:6]:
        with suppress(OSError):
            opener.open(form, timeout=5).close()

    assert len(canary.visitors) >= 3
    assert len(canary.dialled) >= 3


def test_e08_nothing_that_could_visit_isimported() -> None:
    found = {}
    for path in PLATFORM.rglob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        if clients := set(imported(tree)) & CLIENTS | {name for name in called(tree) if name in DIALLERS}:
            found[str(path.relative_to(PLATFORM))] = sorted(clients)

    assert set(found) == SPEAKERS, found
