"""Labs with a Docker of their own on the production shape: the site on an ordinary engine, sandboxes on the lab engine.

What a learner pushes, and what they serve, goes ways that no process of `make run` goes: from a container to the mirror
of the host, and by the proxy with TLS to a port inside a sandbox.
"""

from __future__ import annotations

import base64
import ssl
import subprocess
import sys
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
import requests
from learner_client import LearnerClient
from plain_engine import PlainEngine
from port_visitor import press_open
from production_stack import LABS, ROOT, Stack
from websockets.sync.client import connect

from tools.engine import places as engine_places
from tools.mirror import health, places

pytestmark = pytest.mark.docker

LESSON = "contenedores/docker/creando-dockerfiles"
SERVER = ROOT / "tests/fixtures/programs/server.pl"
# Pulling a small image from the same machine, and the first container of a new engine, on a busy machine.
DOCKER_SECONDS = 60.0
# Removing a container of some GiB of disk takes its time, and the reconciler looks twice.
SETTLED_SECONDS = 60.0
ASK_SECONDS = 20.0


@pytest.fixture(scope="module")
def lab_engine(engine: PlainEngine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The lab engine of this machine, and a keeper of its walls, as a unit of systemd would run it."""
    log = tmp_path_factory.mktemp("walls") / "log"
    keeper = ["setpriv", "--pdeathsig", "KILL", sys.executable, "-m", "tools", "walls", "keep"]
    with log.open("wb") as said, subprocess.Popen(keeper, cwd=ROOT, stdout=said, stderr=said) as process:
        yield "own"
        process.terminate()


@pytest.fixture(scope="module")
def session(ana: LearnerClient) -> str:
    """Ana's lab with a Docker of her own."""
    return ana.start_lab(LESSON)


def test_what_a_learner_builds_is_pushed_and_pulled_again(stack: Stack, ana: LearnerClient, session: str) -> None:
    image = f"registry.muelle:5000/{ana.values(LESSON)['espacio']}/barca:1"
    with ana.terminal(session).attach() as terminal:
        terminal.run("docker pull --quiet busybox", seconds=DOCKER_SECONDS)
        terminal.run(
            f"printf 'FROM busybox\\nRUN echo remos > /nota\\n' | docker build -t {image} -", seconds=DOCKER_SECONDS
        )
        assert "1: digest: sha256:" in terminal.run(f"docker push {image}", seconds=DOCKER_SECONDS)

        terminal.run(f"docker rmi {image} busybox")
        assert "Downloaded newer image" in terminal.run(f"docker pull {image}", seconds=DOCKER_SECONDS)
        assert "remos" in terminal.run(f"docker run --rm {image} cat /nota", seconds=DOCKER_SECONDS)

        # The control: what nobody has opened takes nothing.
        elsewhere = "registry.muelle:5000/0123456789ab/barca:1"
        refused = terminal.run(f"docker tag {image} {elsewhere} && docker push {elsewhere}", seconds=DOCKER_SECONDS)
        assert "only below the namespace of your session" in refused
        assert "nosuch is not in this machine's registry" in terminal.run("docker pull nosuch", seconds=DOCKER_SECONDS)


def test_only_who_makes_sandboxes_may_open_namespaces(stack: Stack) -> None:
    ask = f"python -c \"import socket; socket.socket(socket.AF_UNIX).connect('{places.NAMES_SOCKET}')\""

    reached = {name: stack.inside(name, ask)[0] == 0 for name in ("web", "terminal", "beat", "worker", "reconciler")}

    assert reached == {"web": False, "terminal": False, "beat": False, "worker": True, "reconciler": True}


class Visitor:
    """Ana's browser at one port of her lab, by the proxy and its TLS."""

    def __init__(self, ana: LearnerClient, session: str, port: int, authority: str) -> None:
        opening = press_open(ana, session, port)
        self.host, self.tls = opening.host, ssl.create_default_context(cafile=authority)
        self.address = f"https://{opening.host}"
        self.http = requests.Session()
        self.http.trust_env, self.http.verify = False, authority
        assert urlsplit(opening.address).scheme == "https"
        assert self.host.endswith(f".{LABS}")
        self.shut = self.http.get(f"{self.address}/", timeout=ASK_SECONDS).headers.get("muelle-page")
        entered = self.http.post(
            f"{self.address}/.muelle/enter", data={"ticket": opening.ticket}, timeout=ASK_SECONDS, allow_redirects=False
        )
        assert (entered.status_code, entered.headers["location"]) == (303, "/")
        (self.cookie,) = self.http.cookies

    def ask(self, method: str = "GET", **options: bytes) -> requests.Response:
        """One request."""
        return self.http.request(method, f"{self.address}/", timeout=ASK_SECONDS, **options)

    def echo(self, said: str) -> str:
        """What the program sends back on a WebSocket."""
        cookie = {"Cookie": f"{self.cookie.name}={self.cookie.value}"}
        with connect(
            f"wss://{self.host}/echo", ssl=self.tls, origin=self.address, additional_headers=cookie, proxy=None
        ) as wire:  # type: ignore[arg-type]
            wire.send(said)
            return str(wire.recv(ASK_SECONDS))


def test_ports_come_through_the_proxy_http_and_websocket(ana: LearnerClient, session: str, authority: str) -> None:
    values = ana.values(LESSON)
    own, of_container = int(values["puerto"]), int(values["puerto_sitio"])
    program = base64.b64encode(SERVER.read_bytes()).decode()
    with ana.terminal(session).attach() as terminal:
        for start in range(0, len(program), 1000):
            terminal.run(f"printf %s {program[start : start + 1000]} >> server.b64")
        terminal.run(f"base64 -d server.b64 > server.pl; perl server.pl {own} > server.log 2>&1 & disown")
        terminal.run("until grep -q listening server.log; do sleep 0.05; done")
        terminal.run(f"docker run -d -p {of_container}:80 nginx", seconds=DOCKER_SECONDS)

    visitor = Visitor(ana, session, own, authority)

    assert visitor.shut == "not_admitted"
    assert visitor.cookie.secure
    assert "Hello from the lab" in visitor.ask().text
    assert visitor.ask("POST", data=b"x" * 5_000_000).text == "5000000"
    assert visitor.echo("hola") == "hola"
    assert "Welcome to nginx" in Visitor(ana, session, of_container, authority).ask().text


def test_nothing_of_an_ended_lab_is_left_on_engine_and_mirror(stack: Stack, ana: LearnerClient, session: str) -> None:
    tags = f"/v2/{ana.values(LESSON)['espacio']}/barca/tags/list"
    assert health.get(places.REGISTRY_PORT, tags) == 200
    before = sandboxes(stack)

    ana.end_lab(session)

    stack.wait(
        lambda: health.get(places.REGISTRY_PORT, tags) == 404 and not before <= sandboxes(stack),
        what="The end of the lab, and of what was pushed",
        seconds=SETTLED_SECONDS,
    )


def sandboxes(stack: Stack) -> set[str]:
    """The containers of this site on the lab engine."""
    label = f"label=muelle.instance={stack.settings['MUELLE_INSTANCE']}"
    command = ["docker", "--host", engine_places.URL, "ps", "--all", "--format", "{{.Names}}", "--filter", label]
    return set(subprocess.run(command, check=True, capture_output=True, text=True, timeout=ASK_SECONDS).stdout.split())
