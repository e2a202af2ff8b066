"""E09, E12: signing in by class code and PIN or by password, and what it counts."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User, WrongTries
from accounts.throttling import ACCOUNT, CLASS, CLASS_ADDRESS
from tests.web.conftest import browser_of
from tests.web.html import Structure
from tests.web.signing_in import CLASS_SIGN_IN, SIGN_IN, try_password, try_pin, who, wrong


# --- Class code and PIN ----------------------------------------------------------------------------------------------
def test_signs_in_by_class_code_and_pin(cohort, pin, alice):
    client = browser_of(None)

    response = client.post(
        CLASS_SIGN_IN,
        {"code": f" {cohort.join_code[:3].lower()}-{cohort.join_code[3:]}", "pin": f"{pin[:3]} {pin[3:]}"},
    )

    assert response.headers["Location"] == "/"
    assert who(client) == str(alice.pk)
    assert "You are signed in as alice." in client.get("/progress/").content.decode()


def test_the_slips_code_leads_to_a_page_with_one_thing_to_type(cohort):
    page = Structure(browser_of(None).get(f"{CLASS_SIGN_IN}?code={cohort.join_code}").content.decode())

    assert page.one("input", name="code")["value"] == cohort.join_code
    assert "autofocus" in page.one("input", name="pin")
    assert page.one("input", name="pin")["inputmode"] == "numeric"


@pytest.mark.abuse
@pytest.mark.parametrize("target", ["//evil.example/", "https://evil.example/", "javascript:alert(1)"])
def test_a_slip_leads_to_no_other_site(cohort, pin, target):
    assert try_pin(Client(), cohort, pin, next=target).headers["Location"] == "/"


def test_goes_on_to_the_page_that_was_asked_for(cohort, pin):
    assert try_pin(Client(), cohort, pin, next="/progress/").headers["Location"] == "/progress/"


@pytest.mark.abuse
def test_an_unknown_class_and_a_wrong_pin_look_alike(cohort, pin):
    client = browser_of(None)

    unknown = client.post(CLASS_SIGN_IN, {"code": "XXXXXX", "pin": pin})
    false = try_pin(client, cohort, wrong(pin))

    def seen(response):
        html = response.content.decode()
        return response.status_code, Structure(html).text

    assert seen(unknown) == seen(false)
    assert "Class code or PIN is not right." in seen(unknown)[1]


@pytest.mark.abuse
def test_the_session_key_changes_at_sign_in_by_pin(cohort, pin):
    client = Client()
    client.get(CLASS_SIGN_IN)
    session = client.session
    session["planted"] = True
    session.save()
    client.cookies["sessionid"] = session.session_key

    try_pin(client, cohort, pin)

    assert client.session.session_key != session.session_key


@pytest.mark.abuse
def test_sign_in_by_pin_needs_csrf_proof(cohort, pin):
    client = Client(enforce_csrf_checks=True)

    assert try_pin(client, cohort, pin).status_code == 403
    assert who(client) is None


@pytest.mark.abuse
def test_a_pin_is_in_no_page_again_and_in_no_address(cohort, pin):
    client = browser_of(None)

    refused = try_pin(client, cohort, wrong(pin))

    assert wrong(pin) not in refused.content.decode()
    page = Structure(client.get(f"{CLASS_SIGN_IN}?pin={pin}").content.decode())
    assert "value" not in page.one("input", name="pin")


@pytest.mark.abuse
def test_wrong_pins_make_the_class_wait_and_say_so(cohort, pin):
    client = browser_of(None)
    for _try in range(CLASS.free):
        assert try_pin(client, cohort, wrong(pin)).status_code == 200

    refused = try_pin(client, cohort, pin)

    assert refused.status_code == 429
    assert int(refused.headers["Retry-After"]) <= 30
    assert "Too many tries. Try again in 30 seconds." in refused.content.decode()
    assert who(client) is None


@pytest.mark.abuse
@pytest.mark.parametrize(("code", "pin"), [("%", "123456"), ("--", "x"), ("%", "%")])
def test_signs_that_are_no_code_are_answered_like_a_wrong_one(db, code, pin):
    response = browser_of(None).post("/sign-in/class/", {"code": code, "pin": pin})

    assert response.status_code == 200
    assert "Class code or PIN is not right." in response.content.decode()


def test_an_unknown_class_waits_just_the_same(db):
    client = browser_of(None)
    for _try in range(CLASS.free):
        client.post(CLASS_SIGN_IN, {"code": "XXXXXX", "pin": "004711"})

    assert client.post(CLASS_SIGN_IN, {"code": "XXXXXX", "pin": "004711"}).status_code == 429


def test_whoever_signed_in_here_before_gets_in_while_the_class_waits(cohort, pin, alice):
    client = browser_of(None)
    try_pin(client, cohort, pin)
    client.post("/sign-out/")
    stranger = browser_of(None)
    for _try in range(CLASS.free + 1):
        try_pin(stranger, cohort, wrong(pin))

    try_pin(client, cohort, pin)

    assert who(client) == str(alice.pk)


@pytest.mark.abuse
def test_a_classmate_who_guesses_gains_nothing_by_signing_in_between(cohort, pin):
    client = browser_of(None)
    try_pin(client, cohort, pin)
    guesses = 0
    for _round in range(20):
        client.post("/sign-out/")
        if try_pin(client, cohort, wrong(pin)).status_code == 429:
            break
        guesses += 1
        try_pin(client, cohort, pin)

    assert guesses <= 6


@pytest.mark.abuse
def test_nor_by_signing_in_on_new_devices(cohort, pin):
    guesses = 0
    for _device in range(20):
        client = browser_of(None)
        try_pin(client, cohort, pin)
        client.post("/sign-out/")
        if try_pin(client, cohort, wrong(pin)).status_code == 429:
            break
        guesses += 1

    assert guesses <= 6


@pytest.mark.abuse
def test_sweeping_over_classes_makes_the_address_wait(db):
    client = browser_of(None)
    answers = [
        client.post(CLASS_SIGN_IN, {"code": f"XX{number:04}", "pin": "004711"}, REMOTE_ADDR="203.0.113.9").status_code
        for number in range(CLASS_ADDRESS.free + 1)
    ]

    assert answers == [200] * CLASS_ADDRESS.free + [429]
    other = client.post(CLASS_SIGN_IN, {"code": "XX0001", "pin": "004711"}, REMOTE_ADDR="198.51.100.1")
    assert other.status_code == 200


# --- User name and password ------------------------------------------------------------------------------------------
@pytest.mark.abuse
@pytest.mark.parametrize("username", ["alice", "nobody"])
def test_wrong_passwords_make_people_wait_whether_they_exist_or_not(alice, username):
    client = browser_of(None)
    answers = [try_password(client, "wrong", username).status_code for _try in range(ACCOUNT.free + 1)]

    refused = try_password(client, "alice-password", username)

    assert answers == [200] * ACCOUNT.free + [429]
    assert refused.headers["Retry-After"]
    assert "Too many tries. Try again in" in refused.content.decode()
    assert who(client) is None


@pytest.mark.abuse
def test_a_classmate_who_guesses_locks_nobody_out_of_their_own_device(alice):
    own = Client()
    try_password(own, "alice-password")
    own.post("/sign-out/")
    for _try in range(ACCOUNT.free + 1):
        try_password(browser_of(None), "wrong")

    try_password(own, "alice-password")

    assert who(own) == str(alice.pk)


def test_the_right_password_clears_what_was_counted(alice):
    for _try in range(ACCOUNT.free - 1):
        try_password(Client(), "wrong")

    try_password(Client(), "alice-password")

    assert not WrongTries.objects.exists()


def test_an_own_device_is_marked_by_a_cookie_that_scripts_do_not_see(alice):
    response = try_password(Client(), "alice-password")

    cookie = next(cookie for name, cookie in response.cookies.items() if "device" in name)
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert "alice" not in cookie.value


@pytest.mark.abuse
def test_an_unknown_name_is_hashed_for_like_a_known_one(alice, settings, monkeypatch):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.PBKDF2PasswordHasher"]
    from django.contrib.auth.hashers import PBKDF2PasswordHasher

    User.objects.get(pk=alice.pk).set_password("alice-password")
    alice.set_password("alice-password")
    alice.save()
    rounds: list[int] = []
    encode = PBKDF2PasswordHasher.encode

    def counted(self, password, salt, iterations=None):
        rounds.append(iterations or self.iterations)
        return encode(self, password, salt, 1)

    monkeypatch.setattr(PBKDF2PasswordHasher, "encode", counted)
    try_password(Client(), "wrong")
    known = list(rounds)
    rounds.clear()

    try_password(Client(), "wrong", "nobody")

    assert rounds == known
    assert len(rounds) == 1


@pytest.mark.abuse
@pytest.mark.usefixtures("_ceilings_stand_still")
def test_a_flood_from_one_address_is_refused_before_anything_is_looked_up(alice, django_assert_num_queries):
    from accounts.throttling import SIGN_INS, check_ceiling

    for _once in range(SIGN_INS.burst):
        check_ceiling(SIGN_INS, "127.0.0.1")

    with django_assert_num_queries(0):
        response = try_password(browser_of(None), "alice-password")

    assert response.status_code == 429
    assert response.headers["Retry-After"] == "1"
    assert browser_of(None).get(SIGN_IN).status_code == 200


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("way", ["password", "pin"])
def test_a_class_that_signs_in_at_once_waits_for_few_writes(way, cohort, pin, alice):
    with CaptureQueriesContext(connection) as queries:
        if way == "pin":
            try_pin(browser_of(None), cohort, pin)
        else:
            browser_of(None).post(SIGN_IN, {"username": "alice", "password": "alice-password"})

    # The try is counted, who was right is let in, and what the browser is told is kept.
    assert sum(query["sql"].startswith("BEGIN") for query in queries) == 3
