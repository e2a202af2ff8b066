"""The story goes on while any process of the site is killed at any moment."""

from __future__ import annotations

import random

import pytest
from running_site import RunningSite

from tests.crash.conftest import SignIn
from tests.crash.story import PROCESSES, begin

pytestmark = [pytest.mark.docker, pytest.mark.crash]

ROUNDS = 20


def test_twenty_rounds(site: RunningSite, sign_in: SignIn, chance: random.Random) -> None:
    victims = [*PROCESSES] * (ROUNDS // len(PROCESSES))
    chance.shuffle(victims)

    for unfinished, finished in zip(victims[::2], victims[1::2], strict=True):
        story = begin(site, sign_in())
        story.round(unfinished, chance)
        story.do_the_task()
        story.round(finished, chance)
        assert len(story.verdicts) >= 1  # the second may have ticked off by itself before it was handed in
        story.person.wait_for_pass("hacer-nota", lesson="puerto/muelle/amarrar")
        story.end()
