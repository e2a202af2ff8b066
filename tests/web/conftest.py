"""Pages are tested through Django's client, in English, on rows; what happens in sandboxes has suites of its own."""

import pytest
from django.conf import settings as site_settings
from django.test import Client
from factories import IMAGE, EnrolmentFactory

from accounts.models import User
from cohorts.actions import create_cohort
from cohorts.credentials import draw_pins
from cohorts.models import Cohort, Enrolment
from lab_sessions import events
from tests.web.world import World, make_world


@pytest.fixture(autouse=True)
def _one_image(settings):
    settings.MUELLE_IMAGES = {IMAGE: "muelle/standard:test"}


@pytest.fixture(autouse=True)
def woken(monkeypatch) -> list[str]:
    """Collect the names of the tasks that actions would send to a worker."""
    names: list[str] = []
    monkeypatch.setattr(events, "wake", lambda task, *args, **when: names.append(task.name))
    return names


@pytest.fixture
def world(db) -> World:
    """A course with one lesson, its lab, two tasks and a question."""
    return make_world()


@pytest.fixture
def cohort(ivy, alice) -> Cohort:
    """A class of Ivy's, in which Alice learns."""
    cohort = create_cohort(by=ivy, name="Mañanas")
    EnrolmentFactory(cohort=cohort, user=alice)
    return cohort


@pytest.fixture
def pin(ivy, alice, cohort) -> str:
    """Alice's."""
    return draw_pins(by=ivy, cohort=cohort, enrolments=Enrolment.objects.filter(user=alice))[0].pin


def browser_of(user: User | None, **options: bool) -> Client:
    """Return a browser that prefers English, signed in as `user`."""
    client = Client(**options)
    client.cookies[site_settings.LANGUAGE_COOKIE_NAME] = "en"
    if user is not None:
        client.force_login(user)
    return client


@pytest.fixture
def browser(alice) -> Client:
    """Alice's."""
    return browser_of(alice)


@pytest.fixture
def htmx(alice) -> Client:
    """Alice's, asking for parts of pages as htmx does."""
    client = browser_of(alice)
    client.defaults["HTTP_HX_REQUEST"] = "true"
    return client
