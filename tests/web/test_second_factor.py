"""A code from a phone beside the password, with the codes that a phone would show."""

import time

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.core.cache import cache
from django.test import Client
from factories import EnrolmentFactory

from accounts.throttling import SECOND_FACTOR
from cohorts.actions import create_cohort
from tests.web.conftest import browser_of
from tests.web.html import Structure
from tests.web.signing_in import who, wrong

FACTOR = "/account/second-factor/"
PERIOD = 30  # seconds


@pytest.fixture(autouse=True)
def _on(settings, db):
    settings.ROOT_URLCONF = "tests.web.every_url"
    settings.MUELLE_TOTP = True
    cache.clear()


def code_of(secret: str, periods: int = 0) -> str:
    """Return what an app shows now, or some periods from now."""
    return format_hotp_value(hotp_value(secret, int(time.time()) // PERIOD + periods))


def sign_in(username: str = "alice") -> Client:
    client = browser_of(None)
    client.post("/sign-in/", {"username": username, "password": f"{username}-password"})
    return client


def switch_on(client: Client) -> str:
    """Do what a person does; return the secret."""
    asked = client.get(f"{FACTOR}on/")
    client.post(asked.headers["Location"], {"password": "alice-password"})
    page = client.get(f"{FACTOR}on/")
    secret = page.context["form"].secret
    client.post(f"{FACTOR}on/", {"code": code_of(secret)})
    return secret


def test_without_it_the_password_is_enough(alice):
    client = sign_in()

    assert who(client) == str(alice.pk)
    assert "Switch it on" in client.get(FACTOR).content.decode()


def test_switching_it_on_takes_the_password_once_more_and_a_first_code(alice):
    client = sign_in()

    asked = client.get(f"{FACTOR}on/")
    assert asked.headers["Location"].startswith("/account/confirm/")
    assert "Type your password once more." in client.get(asked.headers["Location"]).content.decode()
    secret = switch_on(client)

    assert Authenticator.objects.filter(user=alice, type="totp").exists()
    assert secret not in str(list(Authenticator.objects.values()))
    assert "It is on." in client.get(FACTOR).content.decode()
    assert len(Structure(client.get(f"{FACTOR}codes/").content.decode()).all("li")) >= 10


def test_a_wrong_first_code_switches_nothing_on(alice):
    client = sign_in()
    client.post(client.get(f"{FACTOR}on/").headers["Location"], {"password": "alice-password"})
    secret = client.get(f"{FACTOR}on/").context["form"].secret

    response = client.post(f"{FACTOR}on/", {"code": wrong(code_of(secret))})

    assert "The code is not right" in response.content.decode()
    assert not Authenticator.objects.exists()


def test_with_it_the_password_alone_opens_nothing(alice):
    switch_on(sign_in())

    client = browser_of(None)
    response = client.post("/sign-in/", {"username": "alice", "password": "alice-password", "next": "/progress/"})

    assert response.headers["Location"].startswith("/sign-in/code/")
    assert who(client) is None
    assert client.get("/progress/").status_code == 302


def test_password_and_code_sign_in_and_go_on(alice):
    secret = switch_on(sign_in())
    client = browser_of(None)
    asked = client.post("/sign-in/", {"username": "alice", "password": "alice-password", "next": "/progress/"})
    before = client.session.session_key
    with time_machine.travel(time.time() + 2 * PERIOD, tick=False):
        assert "authenticator app" in client.get(asked.headers["Location"]).content.decode()
        done = client.post(asked.headers["Location"], {"code": code_of(secret)})

    assert done.headers["Location"] == "/progress/"
    assert who(client) == str(alice.pk)
    assert client.session.session_key != before


@pytest.mark.abuse
def test_a_code_is_good_once(alice):
    secret = switch_on(sign_in())
    with time_machine.travel(time.time() + 2 * PERIOD, tick=False):
        code = code_of(secret)
        first, second = sign_in(), sign_in()
        first.post("/sign-in/code/", {"code": code})
        second.post("/sign-in/code/", {"code": code})

    assert who(first) == str(alice.pk)
    assert who(second) is None


@pytest.mark.abuse
def test_guessing_codes_makes_people_wait(alice):
    secret = switch_on(sign_in())
    with time_machine.travel(time.time() + 2 * PERIOD, tick=False):
        client = sign_in()
        for _try in range(SECOND_FACTOR.free):
            client.post("/sign-in/code/", {"code": wrong(code_of(secret))})

        refused = client.post("/sign-in/code/", {"code": code_of(secret)})

    assert "Too many tries." in refused.content.decode()
    assert who(client) is None


def test_a_recovery_code_does_where_the_phone_is_gone_and_does_once(alice):
    owner = sign_in()
    switch_on(owner)
    codes = [item for item in owner.get(f"{FACTOR}codes/").context["unused_codes"]]
    first, second = sign_in(), sign_in()

    first.post("/sign-in/code/", {"code": codes[0]})
    second.post("/sign-in/code/", {"code": codes[0]})

    assert who(first) == str(alice.pk)
    assert who(second) is None


def test_nobody_gets_to_the_code_without_the_password(alice):
    client = browser_of(None)

    response = client.get("/sign-in/code/", follow=True)

    assert response.redirect_chain[-1][0].startswith("/sign-in/")
    assert "User name" in response.content.decode()


def test_switching_it_off_takes_the_password_or_a_code(alice):
    client = sign_in()
    switch_on(client)
    with time_machine.travel(time.time() + 3600, tick=False):
        asked = client.get(f"{FACTOR}off/")
        assert asked.headers["Location"].startswith("/account/confirm/")
        assert "Use a code from your phone instead" in client.get(asked.headers["Location"]).content.decode()
        client.post(asked.headers["Location"], {"password": "alice-password"})
        assert client.get(f"{FACTOR}off/").status_code == 200
        client.post(f"{FACTOR}off/")

    assert not Authenticator.objects.exists()


def test_new_recovery_codes_replace_the_old_ones(alice):
    client = sign_in()
    switch_on(client)
    old = client.get(f"{FACTOR}codes/").context["unused_codes"]
    assert client.get(f"{FACTOR}codes/new/").status_code == 200

    client.post(f"{FACTOR}codes/new/")

    new = client.get(f"{FACTOR}codes/").context["unused_codes"]
    assert len(new) == 10
    assert not set(old) & set(new)


def test_an_admin_who_switches_the_setting_off_lets_everybody_in(alice, settings):
    switch_on(sign_in())
    settings.MUELLE_TOTP = False

    assert who(sign_in()) == str(alice.pk)


def test_guessing_the_password_to_confirm_makes_people_wait(alice):
    client = sign_in()
    for _try in range(10):
        client.post("/account/confirm/", {"password": "wrong"})

    refused = client.post("/account/confirm/", {"password": "alice-password"})

    assert "Too many tries." in refused.content.decode()


@pytest.mark.parametrize(("viewer", "gone"), [("root", True), ("ivy", False)])
def test_only_an_admin_takes_it_away_from_who_lost_their_phone(alice, ivy, root, viewer, gone):
    switch_on(sign_in())
    EnrolmentFactory(cohort=create_cohort(by=ivy, name="Mañanas"), user=alice)
    client = browser_of({"root": root, "ivy": ivy}[viewer])

    assert ("Take away the second factor too" in client.get(f"/people/{alice.pk}/password/").content.decode()) == gone
    client.post(f"/people/{alice.pk}/password/", {"second_factor": "on"})

    assert Authenticator.objects.exists() != gone
