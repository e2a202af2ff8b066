"""A lab that cannot be made: the learner gets a sentence, and nothing is left behind."""

from __future__ import annotations

import pytest
from engine_facts import Engine
from learner_client import LearnerClient
from running_site import RunningSite

from tests.flow.conftest import Publish

pytestmark = pytest.mark.docker

FAILING = "echo 'the harbour is closed' >&2\nexit 3\n"
FILLING = "head -c 200M /dev/zero > ~/ballast\n"
HARMLESS = "true\n"


@pytest.mark.parametrize(
    ("slug", "lab", "detail"),
    [
        ("cerrado", {"setup": FAILING}, "the harbour is closed"),
        ("lleno", {"setup": FILLING}, "No space left on device"),
        ("perdido", {"setup": HARMLESS, "image": "lost"}, "muelle/lost:000000000000"),
    ],
)
def test_a_lab_that_cannot_be_made_says_so_and_leaves_nothing(
    site: RunningSite,
    engine: Engine,
    alice: LearnerClient,
    publish: Publish,
    slug: str,
    lab: dict[str, str],
    detail: str,
) -> None:
    lesson = publish(slug, **lab)

    alice.press_start(lesson)
    failed = alice.wait_for_pane("failed", lesson=lesson)

    assert 'role="alert"' in failed
    assert detail not in failed  # for staff
    [row] = site.rows("SELECT failure_detail FROM lab_sessions_labsession WHERE lab_key = ?", lesson)
    assert detail in row["failure_detail"]
    engine.wait_until_settled(seconds=30)


def test_an_image_that_was_never_built_is_refused_at_once(alice: LearnerClient, publish: Publish) -> None:
    lesson = publish("sin-imagen", setup=HARMLESS, image="unbuilt")

    refused = alice.press_start(lesson)

    assert 'data-state="idle"' in refused
    assert 'role="alert"' in refused
