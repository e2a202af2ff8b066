"""What /metrics says, and to whom."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from prometheus_client.parser import text_string_to_metric_families

from accounts.models import User
from grading.models import Submission, Verdict
from lab_sessions import leases
from lab_sessions.models import LabSession
from lab_sessions.transitions import State
from terminal.revocation import Grant, open_sockets, watch
from web.monitoring.figures import Starts, forget_kept, metrics_text

LOCAL = {"headers": {"Host": "localhost"}}


@pytest.fixture(autouse=True)
def _nothing_kept(settings):
    settings.ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1", "[::1]", "muelle.example.org"]
    forget_kept()


def figures() -> dict[tuple[str, ...], float]:
    """Return each figure by its name and the values of its labels."""
    forget_kept()
    return {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(metrics_text().decode())
        for sample in family.samples
    }


def test_lab_sessions_are_counted_by_state(world, alice, bob, root):
    world.session(alice)
    world.session(bob, State.QUEUED)
    world.session(root, State.FAILED, failure="-")

    found = figures()

    assert found["muelle_lab_sessions", "ready"] == 1
    assert found["muelle_lab_sessions", "starting"] == 0
    assert found["muelle_queue_length",] == 1
    assert found["muelle_lab_sessions_over_total", "failed"] == 1
    assert found["muelle_sandboxes", "assigned"] == 1
    assert found["muelle_pool_warm",] == 0
    assert found["muelle_accounts",] == User.objects.count()


def test_starts_are_a_histogram_of_the_rows(world, alice, bob, ivy, root):
    for person, seconds, generation in ((alice, 0.2, 1), (bob, 4, 1), (ivy, 1000, 1), (root, 1, 2)):
        session = world.session(person)
        begun = session.created_at - timedelta(hours=1)
        LabSession.objects.filter(pk=session.pk).update(
            created_at=begun, ready_at=begun + timedelta(seconds=seconds), generation=generation
        )

    found = figures()

    assert found["muelle_lab_start_seconds_bucket", "0.1"] == 0
    assert found["muelle_lab_start_seconds_bucket", "0.25"] == 1
    assert found["muelle_lab_start_seconds_bucket", "5.0"] == 2
    assert found["muelle_lab_start_seconds_bucket", "+Inf"] == found["muelle_lab_start_seconds_count",] == 3
    assert found["muelle_lab_start_seconds_sum",] == pytest.approx(1004.2)


def test_starts_of_before_are_counted_once_and_not_forgotten(world, alice, bob):
    now = timezone.now()
    starts = Starts()
    for person, ready, took in ((alice, now - timedelta(hours=1), 3), (bob, now - timedelta(seconds=5), 7)):
        LabSession.objects.filter(pk=world.session(person).pk).update(
            created_at=ready - timedelta(seconds=took), ready_at=ready
        )

    for moment in (now, now + timedelta(seconds=10), now + timedelta(hours=2)):
        [sample] = [sample for sample in starts.metric(moment).samples if sample.name.endswith("_sum")]
        [count] = [sample for sample in starts.metric(moment).samples if sample.name.endswith("_count")]
        assert (sample.value, count.value) == (pytest.approx(10), 2)


def test_submissions_are_counted_and_the_oldest_is_known(world, alice, bob):
    world.submission(alice, world.answered, Verdict.PASS)
    world.submission(alice, world.answered, Verdict.FAIL)
    waiting = world.submission(bob, world.answered)
    Submission.objects.filter(pk=waiting.pk).update(created_at=timezone.now() - timedelta(seconds=90))

    found = figures()

    assert found["muelle_submissions_total", "asked", "pass"] == 1
    assert found["muelle_submissions_total", "asked", "fail"] == 1
    assert found["muelle_submissions_total", "auto", "error"] == 0
    assert found["muelle_submissions_waiting",] == 1
    assert found["muelle_submissions_oldest_seconds",] == pytest.approx(90, abs=5)
    assert found["muelle_lapsed_leases", "submission"] == 1


def test_the_reconciler_is_up_while_its_lease_is(db):
    assert figures()["muelle_up", "reconciler"] == 0

    leases.hold("reconciler", "me", timedelta(seconds=15))

    found = figures()
    assert found["muelle_up", "reconciler"] == 1
    assert found["muelle_last_seen_timestamp_seconds", "reconciler"] == pytest.approx(timezone.now().timestamp(), abs=5)
    assert ("muelle_last_seen_timestamp_seconds", "engine") not in found

    leases.hold("reconciler", "me", timedelta(seconds=-1))

    assert figures()["muelle_up", "reconciler"] == 0


async def test_open_sockets_are_counted():
    before = open_sockets()
    ticket = watch.admit(Grant(1, "-", "-"))
    try:
        assert open_sockets()["notices"] == before["notices"] + 1
        assert open_sockets()["terminal"] == before["terminal"]
    finally:
        watch.leave(ticket)
    assert open_sockets() == before


def test_nobody_is_named_in_it(world, alice):
    world.session(alice)
    world.submission(alice, world.answered)

    forget_kept()
    text = metrics_text().decode()

    assert "alice" not in text
    assert world.lesson.key not in text


def test_the_database_is_asked_once_in_a_while(world, django_assert_max_num_queries):
    with django_assert_max_num_queries(20):
        first = metrics_text()
    with django_assert_max_num_queries(0):
        assert metrics_text() == first


class TestAccess:
    def test_a_program_on_this_machine_may(self, db):
        response = Client().get("/metrics", **LOCAL)

        assert response.status_code == 200
        assert response.headers["Content-Type"].startswith("text/plain")
        assert b"# HELP muelle_lab_sessions " in response.content

    @pytest.mark.parametrize(
        "asked",
        [
            {"REMOTE_ADDR": "192.0.2.7", **LOCAL},
            {"headers": {"Host": "muelle.example.org"}},
            {"headers": {"Host": "localhost", "X-Forwarded-For": "127.0.0.1"}},
            {"headers": {"Host": "localhost", "Forwarded": "for=127.0.0.1"}},
            {"REMOTE_ADDR": "unix:", **LOCAL},
        ],
        ids=["from elsewhere", "by the site's name", "by a proxy", "by another proxy", "from nowhere"],
    )
    def test_others_find_nothing(self, db, asked):
        response = Client().get("/metrics", **asked)

        assert response.status_code == 404
        assert b"muelle_" not in response.content

    def test_the_token_opens_it_from_anywhere(self, db, settings):
        settings.MUELLE_METRICS_TOKEN = "s3cret"
        asked = {"REMOTE_ADDR": "192.0.2.7"}

        right = Client().get("/metrics", headers={"Authorization": "Bearer s3cret"}, **asked)
        wrong = Client().get("/metrics", headers={"Authorization": "Bearer s3creté"}, **asked)

        assert (right.status_code, wrong.status_code) == (200, 404)

    def test_without_a_token_an_empty_one_opens_nothing(self, db, settings):
        settings.MUELLE_METRICS_TOKEN = ""

        response = Client().get("/metrics", headers={"Authorization": "Bearer "}, REMOTE_ADDR="192.0.2.7")

        assert response.status_code == 404
