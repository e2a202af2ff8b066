"""The kinds that read an engine, in a sandbox as learners of Docker have it: rootless, current, behind the agent."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest

from content.documents import ExpectDocument
from grading.checks import Outcome, run_check
from grading.looking import view_into
from grading.models import Verdict
from sandboxes.agent_client import DEFAULT_ENVIRONMENT
from sandboxes.engine import runtime
from sandboxes.environment import Environment
from sandboxes.lifecycle import agent_of, make_sandbox
from sandboxes.models import Sandbox
from sandboxes.runtimes.base import RuntimeFault
from sandboxes.runtimes.profiles import profile_named

pytestmark = [pytest.mark.docker, pytest.mark.slow, pytest.mark.django_db]

PROFILE = profile_named("engine")
# An image without any registry: a shell, three programs, and what they load.
IMPORT = """
programs="/bin/sh /bin/sleep /bin/touch /bin/cat"
libraries=$(ldd $programs | grep -o '/lib[^ :]*' | sort -u)
tar -chP --transform 's,^/,,' $programs $libraries | docker import - tiny:1 >/dev/null
"""
DOCKERFILE = """\
FROM tiny:1 AS base
ENV MODE=live
RUN touch /made
FROM base
COPY . /srv
USER 1000
EXPOSE 80
LABEL version=1
CMD ["sleep", "300"]
"""
# Answers each request with lists in lists, without an end.
FALSE_ENGINE = r"""
use IO::Socket::UNIX;
$SIG{PIPE} = 'IGNORE';
my $listener = IO::Socket::UNIX->new(Local => "$ENV{XDG_RUNTIME_DIR}/docker.sock", Listen => 5);
while (my $peer = $listener->accept) {
    print $peer "HTTP/1.1 200 OK\r\n\r\n";
    1 while print $peer "[" x 9999;
}
"""
HOLD = timedelta(minutes=5)  # longer than any test, or the sandbox is an orphan
COMPOSE = """\
services:
  web:
    image: tiny:1
    command: [sh, -c, 'exec sleep 300']
    ports: ["8081:80"]
    depends_on: [cache]
  cache:
    image: tiny:1
    command: sleep 300
    networks: [interna]
  job:
    image: tiny:1
    command: sleep 300
    deploy: {replicas: 2}
networks: {interna: {internal: true}, default: {}}
"""


@pytest.fixture(autouse=True)
def _one_image(settings: Any) -> None:
    """The images that set-up built, not the one of the other tests."""


@pytest.fixture
def sandbox(settings: Any) -> Iterator[Sandbox]:
    """A sandbox of the profile, given to nobody."""
    if "engine" not in settings.MUELLE_IMAGES or not (settings.MUELLE_ENGINE_URL and settings.MUELLE_AGENT_VOLUME):
        pytest.skip("no engine, agent or image with an engine: `make setup` prepares them")
    settings.MUELLE_RUNTIME = "docker"
    settings.MUELLE_INSTANCE = f"{time.time_ns() & 0xFFFFFFFF:08x}"
    environment = Environment(image=settings.MUELLE_IMAGES["engine"], profile="engine", limits=PROFILE.default)
    yield make_sandbox(environment, seed="5eed", values={}, hold=HOLD)
    for left in runtime().list():
        with suppress(RuntimeFault):
            runtime().destroy(left.name)
    runtime().close()  # type: ignore[attr-defined]


@pytest.fixture
def types(sandbox: Sandbox) -> Callable[[str], None]:
    """Do something as the learner."""

    def run(line: str) -> None:
        env = {**DEFAULT_ENVIRONMENT, **PROFILE.environment}
        result = agent_of(sandbox).run(["/bin/bash", "-c", f"set -e\n{line}"], env=env, timeout=60)
        assert result.exit_code == 0, (result.stdout, result.stderr)

    run(IMPORT)
    return run


@pytest.fixture
def look(sandbox: Sandbox) -> Callable[..., Outcome]:
    """Make one check, again for a while where it does not pass: what was begun takes a moment."""

    def check(kind: str, *, seconds: float = 10.0, **arguments: object) -> Outcome:
        end = time.monotonic() + seconds
        expect = ExpectDocument(kind=kind, arguments=arguments)
        while True:
            outcome = run_check(expect, (), view_into(sandbox, seconds=20))
            if outcome.verdict == Verdict.PASS or time.monotonic() > end:
                return outcome
            time.sleep(0.3)

    return check


def passes(outcome: Outcome) -> bool:
    assert outcome.verdict == Verdict.PASS, (outcome.found.get("en"), outcome.evidence)
    return True


def fails(outcome: Outcome) -> bool:
    assert outcome.verdict == Verdict.FAIL, (outcome.found.get("en"), outcome.evidence)
    return True


def test_containers_and_what_is_left_of_them(types, look):
    types("docker run -d --name web -p 8080:80 -e MODE=test --restart always tiny:1 sleep 300")
    types("docker exec web touch /nota; docker stop -t 1 web; docker start web; docker rename web sitio")
    types("docker run --name once tiny:1 sh -c 'exit 3' || true; docker rm once")

    assert passes(look("container", name="sitio", running=True, image="tiny", ports={"8080": 80}))
    assert passes(look("container", name="sitio", env={"MODE": "test"}, restart="always", changes={"/nota": "added"}))
    assert passes(look("container", image="tiny:1", running=True, count=1))
    assert passes(look("port", port=8080))
    assert fails(look("http", port=8080, timeout=2, seconds=0))
    assert passes(look("event", type="container", action="exec_start", command={"contains": "touch"}))
    assert passes(look("event", type="container", action="start", after={"action": "stop", "name": "web"}))
    assert passes(look("event", type="container", action="die", name="once", exit_code=3))
    assert passes(look("event", type="container", action="rename", name="sitio"))
    assert passes(look("event", type="container", action="destroy", name="once"))
    assert fails(look("event", type="image", action="pull", seconds=0))


def test_images_that_were_built(types, look):
    types("mkdir web; cd web; echo hola > index.html; touch secret; echo secret > .dockerignore")
    types(f"cat > web/Dockerfile <<'END'\n{DOCKERFILE}END\ndocker build -q -t web:1 web")
    types("docker tag web:1 web:2; docker rmi web:1")

    assert passes(look("image", name="web", count=1, built=True, labels={"version": "1"}, env={"MODE": "live"}))
    assert passes(look("image", name="web:2", root=False, exposed=[80], command="sleep 300", layers=3))
    assert passes(look("image", name="web:2", history={"contains": ["touch /made", "COPY"]}))
    assert passes(look("image", name="web:1", absent=True))
    assert fails(look("image", name="tiny", smaller_than="web", root=False, seconds=0))
    assert passes(look("event", type="image", action="tag", name="web:2"))
    assert passes(look("event", type="image", action="untag"))
    assert passes(look("dockerfile", path="web/Dockerfile", stages=2, base="tiny", root=False, order=["RUN", "COPY"]))


def test_what_compose_brings_up_and_takes_down(types, look):
    types(f"mkdir tienda; cd tienda; cat > compose.yaml <<'END'\n{COMPOSE}END\ndocker compose up -d --quiet-pull")
    types("docker volume create datos; docker run -d --name user -v datos:/data:ro tiny:1 sleep 300")

    services = {"web": {"ports": {"8081": 80}}, "cache": {"networks": ["tienda_interna"]}, "job": {"replicas": 2}}
    declares = {"web": {"depends_on": ["cache"], "ports": {"8081": 80}}}
    known = {"project": "tienda", "file": "tienda/compose.yaml"}
    places = {"networks.interna.internal": True}
    assert passes(look("compose", services=services, declares=declares, yaml=places, **known))
    assert passes(look("network", name="tienda_interna", internal=True, containers=["tienda-cache-1"], driver="bridge"))
    assert passes(look("volume", name="datos", used_by=["user"], driver="local"))
    mount = {"type": "volume", "source": "datos", "read_only": True}
    assert passes(look("container", name="user", mounts={"/data": mount}))
    types("cd tienda; docker compose down -t 1")
    assert passes(look("compose", project="tienda", absent=True))
    assert passes(look("network", name="tienda_interna", absent=True))


def test_a_false_engine_is_an_error_and_the_next_look_works_again(types, look):
    """G09, with the learner's own means: the socket is moved away, and something else listens there."""
    types("mv $XDG_RUNTIME_DIR/docker.sock ~/real.sock")
    gone = look("container", name="web", seconds=0)
    types(f"cat > false.pl <<'END'\n{FALSE_ENGINE}END\nsetsid perl false.pl </dev/null >/dev/null 2>&1 &")
    types("for i in $(seq 50); do [ -S $XDG_RUNTIME_DIR/docker.sock ] && exit; sleep 0.1; done; exit 1")
    began = time.monotonic()
    false = look("container", name="web", seconds=0)

    assert time.monotonic() - began < 10
    assert (gone.verdict, false.verdict) == (Verdict.ERROR, Verdict.ERROR)
    assert gone.found["en"].startswith("Docker does not answer in your lab.")
    types("mv -f ~/real.sock $XDG_RUNTIME_DIR/docker.sock")
    assert passes(look("container", name="web", absent=True))
