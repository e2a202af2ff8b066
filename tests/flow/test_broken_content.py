"""A mistake in a course: its author reads where it is, its readers see what they saw before."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from content_files import MOORING, edit
from learner_client import LearnerClient
from running_site import RunningSite

from tests.flow.conftest import Publish

pytestmark = pytest.mark.docker


def test_a_mistake_keeps_the_old_revision(site: RunningSite, alice: LearnerClient, publish: Publish) -> None:
    lesson = publish("revision", setup='echo "old $clave" > /tmp/clave\n')
    session = alice.start_lab(lesson)
    before = alice.get(f"/courses/{lesson}/").text
    folder = Path(site.settings["MUELLE_COURSES_DIR"]) / "revision" / MOORING
    edit(folder / "lab.yaml", "points: 3", "pionts: 3")

    with pytest.raises(subprocess.CalledProcessError) as refused:
        site.manage("sync_content", str(folder.parent.parent))

    assert "lab.yaml:10" in refused.value.stderr
    assert "`points`" in refused.value.stderr
    assert "Nothing was changed" in refused.value.stderr
    after = alice.get(f"/courses/{lesson}/").text
    assert exercises(after) == exercises(before)
    with alice.terminal(session).attach() as terminal:
        terminal.run(f"echo {alice.values(lesson)['cabo']} > nota.txt")
    assert "verdict good" in alice.check("hacer-nota", lesson=lesson)


def exercises(page: str) -> int:
    """How many exercises a page shows."""
    return page.count('class="exercise ')
