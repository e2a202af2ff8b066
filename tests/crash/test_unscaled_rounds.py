"""The story once more for each process, with every lease and every pause as long as it is in earnest."""

from __future__ import annotations

import random
from collections.abc import Iterator

import pytest
from running_site import RunningSite

from tests.crash.conftest import SignIn
from tests.crash.story import PROCESSES, begin

pytestmark = [pytest.mark.docker, pytest.mark.crash]

CLOCKED = ("asgi", "worker", "reconciler")


@pytest.fixture(scope="module")
def real_pace(site: RunningSite) -> Iterator[None]:
    """Let the site's clocks run as they do for learners."""
    fast = site.settings["MUELLE_TIME_SCALE"]
    _change_pace(site, "1")
    yield
    _change_pace(site, fast)


def _change_pace(site: RunningSite, scale: str) -> None:
    site.settings["MUELLE_TIME_SCALE"] = scale
    for name in CLOCKED:
        site.restart(name)
    site.wait_until_it_answers()


@pytest.mark.usefixtures("real_pace")
@pytest.mark.parametrize("process", PROCESSES)
def test_one_round(site: RunningSite, sign_in: SignIn, chance: random.Random, process: str) -> None:
    story = begin(site, sign_in())

    story.round(process, chance)

    assert list(story.verdicts.values()) == ["fail"]
    story.end()
