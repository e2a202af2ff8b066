"""A lab with a Docker of its own: from its start, by way of the mirror, to nothing being left of it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from engine_facts import Engine
from learner_client import LearnerClient
from running_site import RunningSite
from site_courses import write_docker_course

pytestmark = pytest.mark.docker

SLUG = "buque"
NEEDED = ("MUELLE_ENGINE_QUOTA", "MUELLE_ENGINE_TUN", "MUELLE_LAB_NETWORKS", "MUELLE_MIRROR")
# Pulling a small image from the same machine, and the first container of a new engine, on a busy machine.
DOCKER_SECONDS = 60.0
# Removing a container of 2 GiB of disk takes its time, and the reconciler looks twice.
SETTLED_SECONDS = 40.0


@pytest.fixture
def lesson(site: RunningSite) -> Iterator[str]:
    """The lesson with such a lab."""
    if not all(site.found.get(name, "0") != "0" for name in NEEDED):
        pytest.skip("this machine has no labs with a Docker of their own: set-up says why")
    folder = Path(site.settings["MUELLE_COURSES_DIR"])
    key = write_docker_course(folder, SLUG)
    site.manage("sync_content", str(folder / SLUG))
    yield key
    shutil.rmtree(folder / SLUG)
    site.manage("sync_content", "--hide", SLUG)


def test_an_image_is_pulled_run_and_counted_and_nothing_is_left(
    engine: Engine, alice: LearnerClient, lesson: str
) -> None:
    session = alice.start_lab(lesson)
    machine = engine.sandbox_of(session)
    assert machine in engine.containers()
    assert engine.networks() == {machine}

    with alice.terminal(session).attach() as terminal:
        assert "Downloaded newer image" in terminal.run("docker pull busybox", seconds=DOCKER_SECONDS)
        assert "hola" in terminal.run("docker run --rm busybox echo ho''la", seconds=DOCKER_SECONDS)
        assert alice.states(lesson)["hacer-nota"] != "passed"

        name = alice.values(lesson)["cabo"]
        terminal.run(f"docker run -d --name {name} busybox sleep 600", seconds=DOCKER_SECONDS)
        alice.wait_for_pass("hacer-nota", lesson=lesson)

    alice.end_lab(session)
    engine.wait_until_settled(seconds=SETTLED_SECONDS)
    assert machine not in engine.containers()
    assert (engine.networks(), machine in engine.sockets()) == (set(), False)


def test_an_image_that_nobody_has_is_a_sentence_and_the_search_finds_those_that_are_there(
    alice: LearnerClient, lesson: str
) -> None:
    session = alice.start_lab(lesson)
    with alice.terminal(session).attach() as terminal:
        pulled = terminal.run("docker pull nginxx", seconds=DOCKER_SECONDS)
        assert "pull access denied for nginxx, repository does not exist" in pulled
        assert "nginxx is not in this machine's registry" in pulled
        assert "Is it nginx that you want? It has busybox, debian, " in pulled
        started = terminal.run("docker run --rm nobody/knows echo pa''sa", seconds=DOCKER_SECONDS)
        assert "nobody/knows is not in this machine's registry" in started
        assert "pasa" not in started
        tagged = terminal.run("docker pull busybox:99", seconds=DOCKER_SECONDS)
        assert "manifest for busybox:99 not found" in tagged
        assert "It has 1, 1.35, 1.37, latest" in tagged
        built = terminal.run("echo FROM nobody/knows | docker build --progress plain -", seconds=DOCKER_SECONDS)
        assert "docker.io/nobody/knows:latest: not found" in built
        # The control: what is there comes, under its long name too.
        assert "Downloaded newer image" in terminal.run("docker pull docker.io/library/busybox", seconds=DOCKER_SECONDS)

        found = terminal.run("docker search --format '{{.Name}}: {{.Description}}' --no-trunc nginx")
        assert "nginx: nginx from Debian's packages" in found
        assert "redis: " not in found
        assert "NAME" in terminal.run("docker search zzzz")

        refused = terminal.run("docker tag busybox me/app && docker push me/app", seconds=DOCKER_SECONDS)
        assert "takes images only below the namespace of your session" in refused
        signed_in = terminal.run("docker login --username me --password secret")
        assert "needs no account" in signed_in
        assert "Succeeded" not in signed_in


PODMAN_BUILD = """printf 'FROM busybox\\nRUN echo de la obra > /nota\\nCMD cat /nota\\n' > Dockerfile"""


def test_podman_pulls_runs_builds_and_publishes(alice: LearnerClient, lesson: str) -> None:
    session = alice.start_lab(lesson)
    with alice.terminal(session).attach() as terminal:
        assert "Writing manifest" in terminal.run("podman pull nginx", seconds=DOCKER_SECONDS)
        assert "hola" in terminal.run("podman run --rm busybox echo ho''la", seconds=DOCKER_SECONDS)
        assert "uid=0" in terminal.run("podman run --rm --network none busybox id", seconds=DOCKER_SECONDS)

        terminal.run(PODMAN_BUILD)
        assert "Successfully tagged localhost/obra" in terminal.run("podman build -t obra .", seconds=DOCKER_SECONDS)
        assert "de la obra" in terminal.run("podman run --rm obra", seconds=DOCKER_SECONDS)
        images = terminal.run("podman images --format '{{.Repository}}'")
        assert {"docker.io/library/nginx", "docker.io/library/busybox", "localhost/obra"} <= set(images.split())

        terminal.run("podman run -d --name web -p 8081:80 nginx", seconds=DOCKER_SECONDS)
        page = terminal.run("curl --silent --retry 20 --retry-connrefused localhost:8081", seconds=DOCKER_SECONDS)
        assert "Welcome to nginx" in page
        assert "web" in terminal.run("podman ps --format '{{.Names}}'")
        terminal.run("podman rm --force --time 0 web", seconds=DOCKER_SECONDS)
        assert "web" not in terminal.run("podman ps --all --format '{{.Names}}'").split()

        unknown = terminal.run("podman pull nobody/knows", seconds=DOCKER_SECONDS)
        assert "nobody/knows is not in this machine's registry" in unknown
        assert "docker.io/library/nginx" in terminal.run("podman search nginx")
        # Two engines of one learner, with images of their own.
        assert "obra" not in terminal.run("docker images --format '{{.Repository}}'")
