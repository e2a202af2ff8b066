"""One running site whose clocks run fast, for all tests of this folder, and new people for each of them."""

from __future__ import annotations

import logging
import os
import random
import secrets
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from content_files import COURSE, MOORING, edit
from django.conf import settings
from engine_facts import Engine
from learner_client import LearnerClient, learner
from running_site import RunningSite, running_site
from site_courses import write_engine_course

logger = logging.getLogger(__name__)

NAMES = [f"learner-{number:02d}" for number in range(60)]
TIME_SCALE = 5.0  # leases of half a minute take six seconds, and a check is still done well within its own

SignIn = Callable[[], LearnerClient]


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningSite]:
    """A site with the small course only, so that the engine makes no other machines than those of the tests."""
    folder: Path = tmp_path_factory.mktemp("site")
    course = Path(shutil.copytree(COURSE, folder / "courses" / COURSE.name))
    edit(course / MOORING / "lab.yaml", "minutes: 20", "minutes: 480\nidle: 120")  # no deadline comes by itself
    options = {"MUELLE_COURSES_DIR": str(course.parent), "MUELLE_POOL_SIZE": "1"}
    with running_site(folder, *NAMES, time_scale=TIME_SCALE, **options) as site:
        yield site


def engine_course(folder: Path) -> dict[str, str]:
    """Make the courses of a site whose one lab has a Docker of its own; return the setting that names them.

    Skips on machines that have no such labs.
    """
    proved = (settings.MUELLE_ENGINE_QUOTA, settings.MUELLE_ENGINE_TUN, settings.MUELLE_LAB_NETWORKS)
    if not all(proved) or "engine" not in settings.MUELLE_IMAGES:
        pytest.skip("this machine has no labs with a Docker of their own: set-up says why")
    courses = folder / "courses"
    courses.mkdir()
    write_engine_course(courses)
    return {"MUELLE_COURSES_DIR": str(courses)}


@pytest.fixture(scope="session")
def engine(site: RunningSite) -> Engine:
    """The engine behind the site."""
    return Engine(site)


@pytest.fixture(scope="session")
def _names() -> Iterator[str]:
    return iter(NAMES)


@pytest.fixture
def sign_in(site: RunningSite, _names: Iterator[str]) -> SignIn:
    """Sign in one more person who has never been here."""
    return lambda: learner(site, next(_names))


@pytest.fixture
def chance(record_property: Callable[[str, object], None]) -> random.Random:
    """Where the random moments come from. MUELLE_CRASH_SEED repeats the run whose seed a report shows."""
    seed = int(os.environ.get("MUELLE_CRASH_SEED") or secrets.randbelow(2**32))
    record_property("seed", seed)
    logger.warning("MUELLE_CRASH_SEED=%d", seed)  # pytest shows it with a failure
    return random.Random(seed)
