"""What /readyz says of each part."""

from datetime import timedelta

import pytest
from django.db import DatabaseError
from django.test import Client
from django.utils import timezone

from grading.models import Submission
from lab_sessions import leases, signs
from web.monitoring import readiness

HERE = {"headers": {"Host": "localhost"}}


class Redis:
    """One that answers."""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        pass

    def ping(self):
        pass


@pytest.fixture(autouse=True)
def _redis(monkeypatch, settings):
    settings.ALLOWED_HOSTS = ["testserver", "localhost"]
    settings.MUELLE_LAB_NETWORKS = "10.0.0.0/16"
    monkeypatch.setattr(readiness.Redis, "from_url", lambda *_args, **_options: Redis())


@pytest.fixture
def everything_up(db):
    """The reconciler leads, and has seen engine and walls."""
    for name in ("reconciler", signs.ENGINE, signs.WALLS):
        leases.hold(name, "it", timedelta(seconds=30))


def ask() -> dict:
    return Client().get("/readyz", **HERE).json()


@pytest.mark.usefixtures("everything_up")
def test_all_is_well():
    said = ask()

    assert (said["ready"], said["degraded"]) == (True, False)
    assert set(said["checks"]) == {"database", "redis", "reconciler", "workers", "engine", "walls"}
    assert said["checks"]["engine"] == {"ok": True, "says": "The lab engine is there."}


def test_without_the_others_pages_are_served_still(db, monkeypatch, settings):
    monkeypatch.undo()
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    response = Client().get("/readyz", **HERE)

    said = response.json()
    assert response.status_code == 200
    assert (said["ready"], said["degraded"]) == (True, True)
    bad = {name: check["says"] for name, check in said["checks"].items() if not check["ok"]}
    assert set(bad) == {"redis", "reconciler", "engine", "walls"}
    assert bad["redis"].startswith("Redis does not answer.")
    assert "No reconciler runs." in bad["reconciler"]
    assert "was not seen yet" in bad["engine"]


@pytest.mark.usefixtures("everything_up")
def test_a_sign_that_has_lapsed_says_since_when():
    leases.hold("reconciler", "it", timedelta(seconds=-1))
    leases.hold(signs.ENGINE, "it", timedelta(seconds=-1))

    checks = ask()["checks"]

    assert "was last seen at 2" in checks["reconciler"]["says"]
    assert "was not seen since 2" in checks["engine"]["says"]


@pytest.mark.usefixtures("everything_up")
def test_a_submission_that_nobody_grades_is_told(world, alice):
    waiting = world.submission(alice, world.answered)
    Submission.objects.filter(pk=waiting.pk).update(created_at=timezone.now() - timedelta(minutes=5))

    workers = ask()["checks"]["workers"]

    assert not workers["ok"]
    assert "has waited for 30" in workers["says"]


@pytest.mark.usefixtures("everything_up")
def test_walls_are_asked_for_only_where_labs_have_networks(settings):
    settings.MUELLE_LAB_NETWORKS = ""

    assert "walls" not in ask()["checks"]


def test_without_a_database_it_is_not_ready(monkeypatch):
    class Gone:
        def cursor(self):
            raise DatabaseError

    monkeypatch.setattr(readiness, "connection", Gone())

    response = Client().get("/readyz", **HERE)

    assert response.status_code == 503
    assert response.json()["ready"] is False
    assert set(response.json()["checks"]) == {"database", "redis"}


@pytest.mark.usefixtures("everything_up")
def test_strangers_learn_whether_and_not_what():
    response = Client().get("/readyz", REMOTE_ADDR="192.0.2.7")

    assert response.json() == {"ready": True, "degraded": False}
