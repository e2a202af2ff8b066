"""D06: what one learner leaves behind is in no later lab: not in its files, its names, or a volume of the engine."""

from __future__ import annotations

from contextlib import closing

import docker
import pytest
from django.conf import settings

from sandboxes.environment import Environment
from sandboxes.lifecycle import agent_of, destroy_sandbox, make_sandbox
from sandboxes.models import Sandbox

pytestmark = [pytest.mark.docker, pytest.mark.abuse, pytest.mark.django_db(transaction=True)]

LATER = 10
MARKER = "marker-of-an-ended-session"
# Everywhere that a learner may write.
LEAVE = f"""
for folder in "$HOME" /tmp /var/tmp /dev/shm /run /home; do
    echo {MARKER} > "$folder/{MARKER}" 2>/dev/null && echo "$folder"
done
exit 0
"""
# By name and by content; the kernel's own trees have neither.
LOOK = f"""
find / -xdev -name '{MARKER}*' 2>/dev/null
for folder in "$HOME" /tmp /var/tmp /dev/shm /run /home; do grep -rl {MARKER} "$folder" 2>/dev/null; done
exit 0
"""
ENVIRONMENT = {"PATH": "/usr/local/bin:/usr/bin:/bin:/.muelle/bin", "HOME": "/home/learner"}


def run(sandbox: Sandbox, script: str) -> set[str]:
    done = agent_of(sandbox).run(("/bin/sh", "-c", script), env=ENVIRONMENT, cwd="/", timeout=30)
    assert done.exit_code == 0, done
    return set(done.stdout.decode().split())


def volumes() -> set[str]:
    client = docker.APIClient(base_url=settings.MUELLE_ENGINE_URL)
    with closing(client):
        return {volume["Name"] for volume in client.volumes()["Volumes"] or []}


@pytest.fixture
def again(lesson_sandbox: Sandbox) -> Environment:
    return Environment.from_json(lesson_sandbox.environment)


def test_d06_nothing_of_an_ended_session_is_in_a_later_one(lesson_sandbox: Sandbox, again: Environment) -> None:
    before = volumes()
    left = run(lesson_sandbox, LEAVE)
    # The control: it was left behind, and is found where it is.
    assert {"/tmp", ENVIRONMENT["HOME"]} <= left
    assert {f"{folder}/{MARKER}" for folder in left} <= run(lesson_sandbox, LOOK)
    destroy_sandbox(lesson_sandbox, reason="ended")

    names = {lesson_sandbox.name}
    for _session in range(LATER):
        sandbox = make_sandbox(again, seed="5eed", values={})
        found = run(sandbox, LOOK)
        destroy_sandbox(sandbox, reason="ended")
        assert found == set()
        names.add(sandbox.name)

    assert len(names) == LATER + 1, "No name is given twice."
    assert volumes() <= before
