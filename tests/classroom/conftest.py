"""A class with its instructor, an assistant and learners, and one who is none of theirs."""

import pytest
from factories import IMAGE, CohortFactory, EnrolmentFactory

from accounts.models import User
from cohorts.models import Cohort, Role
from lab_sessions import events
from tests.web.world import World, make_world


@pytest.fixture(autouse=True)
def _one_image(settings):
    settings.MUELLE_IMAGES = {IMAGE: "muelle/standard:test"}


@pytest.fixture(autouse=True)
def told(monkeypatch) -> list[int]:
    """Collect who was told that something changed; nothing is sent."""
    ids: list[int] = []
    monkeypatch.setattr(events, "wake", lambda task, *args, **when: None)
    monkeypatch.setattr(events, "publish", lambda learner_id, kind, **rest: ids.append(learner_id))
    return ids


@pytest.fixture
def world(db) -> World:
    return make_world()


@pytest.fixture
def ana(db) -> User:
    """Teaches the class; nothing more of the installation is hers."""
    return User.objects.create_user("ana", password="ana-password")


@pytest.fixture
def pau(db) -> User:
    """Assists in the class."""
    return User.objects.create_user("pau", password="pau-password")


@pytest.fixture
def cohort(world, alice, ana, pau) -> Cohort:
    """Alice learns in it, Bob does not."""
    for user, role in ((alice, Role.LEARNER), (ana, Role.INSTRUCTOR), (pau, Role.ASSISTANT)):
        EnrolmentFactory(cohort=world.cohort, user=user, role=role)
    return world.cohort


@pytest.fixture
def elsewhere(world, bob, ivy) -> Cohort:
    """Another class with the same course: Bob's, where Ivy teaches."""
    other = CohortFactory(name="Class 1B")
    other.courses.set(world.cohort.courses.all())
    EnrolmentFactory(cohort=other, user=bob)
    EnrolmentFactory(cohort=other, user=ivy, role=Role.INSTRUCTOR)
    return other
