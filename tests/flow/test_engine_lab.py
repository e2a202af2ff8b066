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
        # The mirror knows its own images, and nobody asks elsewhere.
        assert "pasa" not in terminal.run("docker run --rm nobody/knows echo pa''sa", seconds=DOCKER_SECONDS)

        name = alice.values(lesson)["cabo"]
        terminal.run(f"docker run -d --name {name} busybox sleep 600", seconds=DOCKER_SECONDS)
        alice.wait_for_pass("hacer-nota", lesson=lesson)

    alice.end_lab(session)
    engine.wait_until_settled(seconds=SETTLED_SECONDS)
    assert machine not in engine.containers()
    assert (engine.networks(), machine in engine.sockets()) == (set(), False)
