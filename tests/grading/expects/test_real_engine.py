"""The kinds that read an engine, on a real one: what they ask for exists, and what it answers is understood."""

import io
import secrets
import tarfile
import time
from collections.abc import Iterator

import docker
import pytest

from content.documents import ExpectDocument
from grading.checks import run_check
from grading.expects.base import View
from grading.expects.probe import Probe
from grading.models import Verdict
from tests.contract.agent_process import AgentProcess

pytestmark = pytest.mark.docker

# Debian's name for its own: any image with a shell and `sleep` will do.
SHELL = ["/bin/sh", "-c"]


@pytest.fixture(scope="session")
def rights(agent_binary) -> Iterator[AgentProcess]:
    """An agent that may reach the engine of this machine, as a learner's may reach the one of their lab."""
    with AgentProcess(agent_binary) as running:
        yield running


class Mine:
    """An engine, and names that only one test uses."""

    def __init__(self, url: str, base: str, rights: AgentProcess) -> None:
        self.client = docker.APIClient(base_url=url, version="auto", timeout=60)
        self.name = f"checks-{secrets.token_hex(4)}"
        self.base = base
        self._rights = rights
        self._address = url.replace("unix://", "unix:")
        self._since = time.time()

    def verdict(self, kind: str, **arguments: object) -> str:
        """Look, and return the verdict with what was found."""
        probe = Probe(self._rights.client, seconds=20)
        view = View(probe=probe, values={}, since=self._since, engine_address=self._address)
        outcome = run_check(ExpectDocument(kind=kind, arguments=arguments), (), view)
        return (
            "pass"
            if outcome.verdict == Verdict.PASS
            else f"{outcome.verdict}: {outcome.found['en']} {outcome.evidence}"
        )

    def run(self, line: str, **options: object) -> str:
        """Start a container of the test and return its id."""
        host = self.client.create_host_config(
            network_mode=options.pop("network_mode", "none"), **options.pop("host", {})
        )
        made = self.client.create_container(self.base, [*SHELL, line], name=self.name, host_config=host, **options)
        self.client.start(made)
        return str(made["Id"])

    def remove_all(self) -> None:
        """Remove what carries the test's name."""
        mine = {"name": self.name}
        for container in self.client.containers(all=True, filters=mine):
            self.client.remove_container(container["Id"], force=True)
        for tag in [f"{self.name}:1", f"{self.name}:2"]:
            if self.client.images(name=tag):
                self.client.remove_image(tag, force=True)
        for network in self.client.networks(filters=mine):
            self.client.remove_network(network["Id"])
        for volume in self.client.volumes(filters=mine)["Volumes"] or []:
            self.client.remove_volume(volume["Name"])


@pytest.fixture
def mine(settings, rights) -> Iterator[Mine]:
    if not (settings.MUELLE_ENGINE_URL.startswith("unix://") and settings.MUELLE_IMAGES):
        pytest.skip("no engine or lab image: `make setup` prepares them")
    made = Mine(settings.MUELLE_ENGINE_URL, settings.MUELLE_IMAGES["standard"], rights)
    yield made
    made.remove_all()
    made.client.close()


@pytest.fixture(autouse=True)
def _one_image(settings):
    """The images that set-up built, not the one of the other tests."""


def eventually(verdict, *, seconds: float = 5.0) -> str:
    """Return the first pass, or the last verdict."""
    end = time.monotonic() + seconds
    while (said := verdict()) != "pass" and time.monotonic() < end:
        time.sleep(0.2)
    return str(said)


def test_a_running_container_is_as_it_was_started(mine):
    mine.run(
        "touch /tmp/nota; exec sleep 300",
        environment={"MODE": "test"},
        labels={"tier": "front"},
        user="1000:1000",
        host={
            "restart_policy": {"Name": "on-failure", "MaximumRetryCount": 3},
            "mem_limit": 64 * 2**20,
            "nano_cpus": 500_000_000,
            "tmpfs": {"/scratch": ""},
        },
    )

    assert (
        mine.verdict("container", name=mine.name, running=True, state="running", image=mine.base.split(":")[0])
        == "pass"
    )
    assert mine.verdict("container", name=mine.name, env={"MODE": "test"}, labels={"tier": "front"}) == "pass"
    assert mine.verdict("container", name=mine.name, user="1000:1000", root=False, restart="on-failure:3") == "pass"
    assert mine.verdict("container", name=mine.name, memory="64 MiB", cpus=0.5, networks=["none"]) == "pass"
    assert mine.verdict("container", name=mine.name, mounts={"/scratch": {"type": "tmpfs"}}, published=0) == "pass"
    assert mine.verdict("container", name=mine.name, command={"contains": "sleep 300"}) == "pass"
    assert mine.verdict("container", labels={"tier": "front"}, image=mine.base, count={"min": 1}) == "pass"
    assert eventually(lambda: mine.verdict("container", name=mine.name, changes={"/tmp/nota": "added"})) == "pass"


def test_a_container_that_ended_says_how(mine):
    mine.run("exit 3")

    assert eventually(lambda: mine.verdict("container", name=mine.name, exit_code=3, state="exited")) == "pass"
    assert mine.verdict("event", type="container", action="die", name=mine.name, exit_code=3) == "pass"
    assert mine.verdict("container", name=mine.name, running=True).startswith("fail")


def test_health_is_what_the_check_said(mine):
    check = {"test": ["CMD", "true"], "interval": 200_000_000, "retries": 1}

    mine.run("exec sleep 300", healthcheck=check)

    assert eventually(lambda: mine.verdict("container", name=mine.name, health="healthy"), seconds=15) == "pass"


def test_what_leaves_nothing_behind_is_remembered(mine):
    container = mine.run("exec sleep 300")
    command = mine.client.exec_create(container, ["sh", "-c", "date; exit 7"])
    mine.client.exec_start(command)
    mine.client.kill(container, "SIGTERM")
    mine.client.remove_container(container, force=True)

    happened = {"type": "container", "name": mine.name}
    assert mine.verdict("container", name=mine.name, absent=True) == "pass"
    assert mine.verdict("event", action="exec_start", command={"contains": "date"}, **happened) == "pass"
    assert mine.verdict("event", action="exec_die", exit_code=7, **happened) == "pass"
    assert mine.verdict("event", action="kill", signal="15", after={"action": "start"}, **happened) == "pass"
    assert mine.verdict("event", action="destroy", image=mine.base, **happened) == "pass"
    assert mine.verdict("event", action="pause", **happened).startswith("fail")


def build(mine: Mine, tag: str, dockerfile: str) -> None:
    context = io.BytesIO()
    with tarfile.open(fileobj=context, mode="w") as archive:
        member = tarfile.TarInfo("Dockerfile")
        member.size = len(dockerfile)
        archive.addfile(member, io.BytesIO(dockerfile.encode()))
    context.seek(0)
    said = list(mine.client.build(fileobj=context, custom_context=True, tag=tag, rm=True, decode=True))
    assert not any("error" in line for line in said), said


def test_an_image_is_what_it_was_built_as(mine):
    recipe = f"FROM {mine.base}\nLABEL version=1\nENV MODE=live\nUSER 1000\nEXPOSE 80\nWORKDIR /srv\n"
    build(mine, f"{mine.name}:1", recipe + 'HEALTHCHECK CMD true\nENTRYPOINT ["sleep"]\nCMD ["300"]\n')

    known = {"name": mine.name}
    assert mine.verdict("image", count=1, layers={"min": 1}, size={"min": "1 MB"}, **known) == "pass"
    assert mine.verdict("image", labels={"version": "1"}, env={"MODE": "live"}, workdir="/srv", **known) == "pass"
    assert mine.verdict("image", user="1000", root=False, exposed=[80], **known) == "pass"
    assert mine.verdict("image", entrypoint="sleep", command="300", healthcheck={"contains": "true"}, **known) == "pass"
    assert mine.verdict("image", history={"contains": ["WORKDIR /srv"]}, built=True, **known) == "pass"
    assert mine.verdict("image", name=mine.base, built=False) == "pass"
    assert mine.verdict("event", type="image", action="tag", name=f"{mine.name}:1") == "pass"
    assert mine.verdict("image", name=f"{mine.name}:2", absent=True) == "pass"


def test_networks_and_volumes_know_who_has_them(mine):
    network = mine.client.create_network(mine.name, driver="bridge", internal=True, labels={"a": "b"})
    mine.client.create_volume(mine.name, labels={"a": "b"})
    mine.run("exec sleep 300", network_mode=mine.name, host={"binds": [f"{mine.name}:/data:ro"]})

    known = {"name": mine.name}
    assert mine.verdict("network", driver="bridge", internal=True, labels={"a": "b"}, **known) == "pass"
    assert mine.verdict("network", containers=[mine.name], attached=1, subnet={"contains": "."}, **known) == "pass"
    assert mine.verdict("volume", driver="local", labels={"a": "b"}, used_by=[mine.name], users=1, **known) == "pass"
    mounted = {"/data": {"type": "volume", "source": mine.name, "read_only": True}}
    assert mine.verdict("container", networks=[mine.name], mounts=mounted, **known) == "pass"
    assert network["Id"]


def test_services_are_known_by_their_labels(mine):
    """Compose writes them; what it runs are containers like others."""
    service = {"com.docker.compose.project": mine.name, "com.docker.compose.service": "web"}
    mine.run("exec sleep 300", labels={**service, "com.docker.compose.oneoff": "False"})

    services = {"web": {"replicas": 1, "image": mine.base}}
    assert mine.verdict("compose", project=mine.name, services=services) == "pass"
    assert mine.verdict("compose", project=mine.name, absent=True).startswith("fail")
