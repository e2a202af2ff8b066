"""deploy/health.py, which the containers of the production shape run to say whether they are well."""

import importlib.util
import os
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from types import ModuleType

import pytest

PROGRAM = Path(__file__).resolve().parent.parent / "deploy" / "health.py"


@pytest.fixture
def health() -> ModuleType:
    spec = importlib.util.spec_from_file_location("health", PROGRAM)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class Page(BaseHTTPRequestHandler):
    """Answers to one name only, as Django does."""

    def do_GET(self) -> None:
        known = self.headers["Host"] in {"muelle.example.org", "example.org"} and self.path == "/healthz"
        self.send_response(200 if known else 400)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def server(health: ModuleType) -> Iterator[HTTPServer]:
    with HTTPServer(("127.0.0.1", 0), Page) as server:
        health.PORT = server.server_port
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.mark.parametrize("hosts", ["muelle.example.org,localhost", ".example.org"])
def test_pages_answer_to_the_first_name_of_the_site(health, server, monkeypatch, hosts: str):
    monkeypatch.setenv("ALLOWED_HOSTS", hosts)

    assert health.pages_answer()


def test_a_refusal_is_no_answer(health, server, monkeypatch):
    monkeypatch.setenv("ALLOWED_HOSTS", "other.example.org")

    assert not health.pages_answer()


def test_silence_is_no_answer(health, monkeypatch):
    health.PORT = 1  # nothing listens there
    monkeypatch.setenv("ALLOWED_HOSTS", "localhost")

    assert not health.pages_answer()


def test_a_loop_is_well_while_it_gives_signs_of_life(health, monkeypatch, tmp_path):
    sign = tmp_path / "alive"
    monkeypatch.setenv("MUELLE_LIFE_SIGN", str(sign))
    missing = health.loop_turns(1000.0)
    sign.touch()
    os.utime(sign, (1000.0, 1000.0))

    assert not missing
    assert health.loop_turns(1000.0 + health.SILENCE_SECONDS - 1)
    assert not health.loop_turns(1000.0 + health.SILENCE_SECONDS + 1)
