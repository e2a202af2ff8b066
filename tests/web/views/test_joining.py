"""H05: class codes: shown to a room, scanned, typed, expired, guessed at."""

from datetime import timedelta

import pytest
from django.utils import timezone
from factories import CohortFactory, EnrolmentFactory

from audit.models import Entry
from cohorts.actions import JOIN_TRIES, JOIN_WINDOW
from cohorts.models import Cohort, Role
from tests.web.conftest import browser_of


@pytest.fixture
def cohort(world, ivy) -> Cohort:
    EnrolmentFactory(cohort=world.cohort, user=ivy, role=Role.INSTRUCTOR)
    world.cohort.join_until = timezone.now() + timedelta(hours=1)
    world.cohort.save()
    return world.cohort


def test_who_is_not_signed_in_signs_in_first_and_comes_back(cohort, alice):
    client = browser_of(None)

    to_sign_in = client.get(f"/join/{cohort.join_code}/")
    assert "Then you can join the class." in client.get(to_sign_in.headers["Location"]).content.decode()
    signed_in = client.post(to_sign_in.headers["Location"], {"username": "alice", "password": "alice-password"})

    assert signed_in.headers["Location"] == f"/join/{cohort.join_code}/"
    assert not alice.enrolments.exists()


def test_joining_takes_a_press_of_the_button(cohort, browser, alice):
    page = browser.get(f"/join/{cohort.join_code}/").content.decode()
    assert cohort.join_code in page
    assert cohort.name not in page
    assert not alice.enrolments.exists()

    done = browser.post(f"/join/{cohort.join_code}/", follow=True)

    assert f"You are in the class {cohort.name} now." in done.content.decode()
    assert alice.enrolments.get().role == Role.LEARNER
    browser.post(f"/join/{cohort.join_code}/")
    assert alice.enrolments.count() == 1


def test_a_code_may_be_typed_as_people_type(cohort, browser):
    code = cohort.join_code

    answer = browser.get("/join/", {"code": f" {code[:3].lower()}-{code[3:]} "})

    assert answer.headers["Location"] == f"/join/{code}/"
    assert browser.get("/join/", {"code": "--"}).status_code == 200


@pytest.mark.parametrize(
    "changes",
    [
        {"join_until": None},
        {"join_until": timezone.now() - timedelta(minutes=1)},
        {"archived_at": timezone.now()},
        {"join_code": "CDFGHJ"},
    ],
)
def test_a_code_that_lets_nobody_in_says_so(cohort, browser, alice, changes):
    code = cohort.join_code
    Cohort.objects.filter(pk=cohort.pk).update(**changes)

    answer = browser.post(f"/join/{code}/")

    assert answer.status_code == 409
    assert "No class takes people with this code now." in answer.content.decode()
    assert cohort.name not in answer.content.decode()
    assert not alice.enrolments.exists()


def test_guessing_is_stopped_for_a_while(cohort, browser, alice, time_machine):
    for number in range(JOIN_TRIES):
        browser.post(f"/join/WRONG{number}/")

    answer = browser.post(f"/join/{cohort.join_code}/")
    assert "Too many codes were wrong" in answer.content.decode()
    assert not alice.enrolments.exists()

    time_machine.move_to(timezone.now() + JOIN_WINDOW + timedelta(seconds=1))
    browser.post(f"/join/{cohort.join_code}/")
    assert alice.enrolments.exists()


def test_a_code_is_opened_for_a_while_shown_closed_and_renewed(cohort, ivy, time_machine):
    desk, base = browser_of(ivy), f"/cohorts/{cohort.pk}/code/"
    desk.post(f"{base}close/")
    assert cohort.join_code not in desk.get(base).content.decode().split("<main")[1]

    desk.post(f"{base}open/", {"hours": "8"})
    page = desk.get(base).content.decode()
    assert cohort.join_code in page
    assert '<path class="ink"' in page
    cohort.refresh_from_db()
    assert timedelta(hours=7) < cohort.join_until - timezone.now() <= timedelta(hours=8)

    desk.post(f"{base}renew/")
    old = cohort.join_code
    cohort.refresh_from_db()
    assert cohort.join_code != old
    assert {"renew_join_code", "change_cohort"} <= set(Entry.objects.values_list("action", flat=True))


@pytest.mark.parametrize("hours", ["9999999", "", "-1", "x"])
def test_a_code_is_open_for_one_of_the_offered_times_only(cohort, ivy, hours):
    before = cohort.join_until

    browser_of(ivy).post(f"/cohorts/{cohort.pk}/code/open/", {"hours": hours})

    cohort.refresh_from_db()
    assert cohort.join_until == before


def test_an_archived_class_opens_no_code(ivy):
    cohort = CohortFactory(archived_at=timezone.now())
    EnrolmentFactory(cohort=cohort, user=ivy, role=Role.INSTRUCTOR)

    answer = browser_of(ivy).post(f"/cohorts/{cohort.pk}/code/open/", {"hours": "1"}, follow=True)

    assert "Reopen it first" in answer.content.decode()
    cohort.refresh_from_db()
    assert cohort.join_until is None
