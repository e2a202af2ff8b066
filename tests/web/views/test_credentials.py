"""Own and drawn passwords, and printing slips."""

import re

import pytest
from django.contrib.auth import authenticate
from factories import EnrolmentFactory, UserFactory

from accounts.throttling import ACCOUNT, CLASS
from cohorts.actions import create_cohort
from cohorts.credentials import reset_password
from cohorts.models import Enrolment, Role
from tests.web.conftest import browser_of
from tests.web.html import Structure
from tests.web.signing_in import try_password, try_pin, who, wrong

# --- Passwords -------------------------------------------------------------------------------------------------------
NEW = {"new_password1": "three words here", "new_password2": "three words here"}


def test_a_drawn_password_leads_to_a_new_one_whatever_is_asked_for(ivy, cohort, alice):
    client = browser_of(None)
    drawn = reset_password(by=ivy, person=alice)
    try_password(client, drawn)

    assert client.get("/progress/").headers["Location"] == "/account/password/"
    assert client.get("/", headers={"HX-Request": "true"}).headers["HX-Redirect"] == "/account/password/"
    assert "good for one time" in client.get("/account/password/").content.decode()
    client.post("/account/password/", NEW)

    assert client.get("/progress/").status_code == 200
    assert authenticate(username="alice", password=NEW["new_password1"]) == alice


def test_a_pin_needs_no_new_password(ivy, cohort, pin, alice):
    reset_password(by=ivy, person=alice)
    client = browser_of(None)
    try_pin(client, cohort, pin)

    assert client.get("/progress/").status_code == 200


def test_changing_the_password_ends_other_sign_ins_and_keeps_this_one(alice):
    here, elsewhere = browser_of(alice), browser_of(alice)

    response = here.post("/account/password/", {"old_password": "alice-password", **NEW})

    assert response.headers["Location"] == "/account/"
    assert here.get("/progress/").status_code == 200
    assert elsewhere.get("/progress/").status_code == 302


@pytest.mark.abuse
def test_changing_it_takes_the_old_one_and_guesses_are_counted(alice):
    client = browser_of(alice)
    answers = [
        client.post("/account/password/", {"old_password": "wrong", **NEW}).status_code
        for _try in range(ACCOUNT.free + 1)
    ]

    assert answers == [200] * ACCOUNT.free + [429]
    assert authenticate(username="alice", password="alice-password") == alice


@pytest.mark.parametrize("password", ["short", "password1", ""])
def test_a_weak_new_password_is_refused(alice, password):
    client = browser_of(alice)

    response = client.post(
        "/account/password/", {"old_password": "alice-password", "new_password1": password, "new_password2": password}
    )

    assert response.status_code == 200
    assert authenticate(username="alice", password="alice-password") == alice


def test_who_has_no_password_chooses_one(alice):
    alice.set_unusable_password()
    alice.save()
    client = browser_of(alice)

    assert "Choose a password" in client.get("/account/").content.decode()
    client.post("/account/password/", NEW)

    assert authenticate(username="alice", password=NEW["new_password1"]) == alice


def test_an_instructor_draws_a_password_that_is_shown_once(ivy, cohort, alice):
    client = browser_of(ivy)
    path = f"/people/{alice.pk}/password/"

    assert client.get(path).status_code == 200
    assert authenticate(username="alice", password="alice-password") == alice
    shown = client.post(path)

    drawn = re.search(r'id="drawn">([^<]+)<', shown.content.decode())[1]
    assert authenticate(username="alice", password=drawn) == alice
    assert "no-store" in shown.headers["Cache-Control"]
    assert drawn not in client.get(path).content.decode()


@pytest.mark.abuse
def test_whose_password_is_none_of_ones_business_does_not_exist(ivy, cohort, alice, bob, root):
    for viewer, person in ((ivy, bob.pk), (ivy, root.pk), (alice, bob.pk), (alice, alice.pk), (ivy, 999_999)):
        client = browser_of(viewer)
        assert client.get(f"/people/{person}/password/").status_code == 404
        assert client.post(f"/people/{person}/password/").status_code == 404


# --- Slips -----------------------------------------------------------------------------------------------------------
def test_slips_have_what_a_learner_needs_and_are_shown_once(ivy, cohort, alice):
    client = browser_of(ivy)
    path = f"/cohorts/{cohort.pk}/slips/"
    enrolment = Enrolment.objects.get(user=alice)

    page = Structure(client.get(path).content.decode())
    assert "checked" in page.one("input", name="learner")
    response = client.post(path, {"learner": [enrolment.pk]})

    html = response.content.decode()
    pin = re.search(r"\b(\d{3}) (\d{3})\b", Structure(html).text)
    assert cohort.join_code in html
    assert "no-store" in response.headers["Cache-Control"]
    assert Structure(html).one("path", **{"class": "ink"})["d"].startswith("M")
    learner = browser_of(None)
    try_pin(learner, cohort, pin[1] + pin[2])
    assert who(learner) == str(alice.pk)
    assert pin[0] not in client.get(path).content.decode()


def test_slips_of_this_computer_only_say_so(ivy, cohort, alice):
    client = browser_of(ivy)
    data = {"learner": [Enrolment.objects.get(user=alice).pk]}

    here = client.post(f"/cohorts/{cohort.pk}/slips/", data, headers={"Host": "localhost:8000"})

    assert "which is this computer only" in here.content.decode()


def test_nobody_chosen_draws_nothing(ivy, cohort, pin):
    client = browser_of(ivy)

    response = client.post(f"/cohorts/{cohort.pk}/slips/", {"learner": ["x", "999999"]}, follow=True)

    assert "Choose at least one learner." in response.content.decode()
    learner = browser_of(None)
    try_pin(learner, cohort, pin)
    assert who(learner)


def test_slips_of_a_class_without_learners_say_so(ivy):
    cohort = create_cohort(by=ivy, name="Nuevo")

    assert "Nobody learns in this class yet." in browser_of(ivy).get(f"/cohorts/{cohort.pk}/slips/").content.decode()


@pytest.mark.abuse
def test_slips_are_for_the_classs_own_instructors(cohort, alice, root):
    assistant, foreign = UserFactory(), UserFactory(is_staff=True)
    EnrolmentFactory(cohort=cohort, user=assistant, role=Role.ASSISTANT)

    for person in (alice, assistant, foreign):
        assert browser_of(person).get(f"/cohorts/{cohort.pk}/slips/").status_code == 404
        assert browser_of(person).post(f"/cohorts/{cohort.pk}/slips/").status_code == 404
    assert browser_of(root).get(f"/cohorts/{cohort.pk}/slips/").status_code == 200


def test_an_instructor_is_told_that_somebody_guesses(ivy, cohort, pin):
    client = browser_of(ivy)
    path = f"/cohorts/{cohort.pk}/slips/"
    for _try in range(CLASS.free - 1):
        try_pin(browser_of(None), cohort, wrong(pin))
    assert "Many wrong PINs" not in client.get(path).content.decode()

    try_pin(browser_of(None), cohort, wrong(pin))

    assert "Many wrong PINs" in client.get(path).content.decode()
