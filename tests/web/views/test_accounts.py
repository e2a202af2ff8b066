"""E12: signing in and out, language and theme."""

import json

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from tests.web.conftest import browser_of
from tests.web.html import Structure

SIGN_IN = "/sign-in/"


def test_signs_in_by_user_name(alice):
    client = Client()

    response = client.post(SIGN_IN, {"username": "alice", "password": "alice-password"})

    assert response.headers["Location"] == "/"
    assert client.session["_auth_user_id"] == str(alice.pk)


@pytest.mark.parametrize(
    ("username", "password"), [("alice", "wrong"), ("nobody", "alice-password"), ("ALICE", "alice-password"), ("", "")]
)
def test_refuses_a_wrong_name_or_password_with_a_sentence(alice, username, password):
    client = browser_of(None)

    response = client.post(SIGN_IN, {"username": username, "password": password})

    assert response.status_code == 200
    assert "_auth_user_id" not in client.session
    if username:
        assert "User name or password is not right." in response.content.decode()


def test_an_unknown_name_and_a_wrong_password_look_alike(alice):
    client = browser_of(None)

    unknown = client.post(SIGN_IN, {"username": "nobody", "password": "x"}).content.decode()
    wrong = client.post(SIGN_IN, {"username": "alice", "password": "x"}).content.decode()

    assert Structure(unknown).text == Structure(wrong).text


def test_a_disabled_account_does_not_get_in(alice):
    User.objects.update(is_active=False)
    client = Client()

    client.post(SIGN_IN, {"username": "alice", "password": "alice-password"})

    assert "_auth_user_id" not in client.session


def test_goes_on_to_the_page_that_was_asked_for(alice):
    client = Client()

    asked = client.get("/progress/")
    response = client.post(asked.headers["Location"], {"username": "alice", "password": "alice-password"})

    assert asked.headers["Location"] == "/sign-in/?next=%2Fprogress%2F"
    assert response.headers["Location"] == "/progress/"


@pytest.mark.parametrize(
    "target", ["//evil.example/", "https://evil.example/", "\\\\evil.example", "javascript:alert(1)"]
)
def test_goes_on_to_no_other_site(alice, target):
    response = Client().post(SIGN_IN, {"username": "alice", "password": "alice-password", "next": target})

    assert response.headers["Location"] == "/"


def test_who_is_signed_in_is_not_asked_again(browser):
    assert browser.get(SIGN_IN).headers["Location"] == "/"


def test_the_session_key_changes_at_sign_in(alice):
    client = Client()
    client.get(SIGN_IN)
    before = client.session.session_key

    client.post(SIGN_IN, {"username": "alice", "password": "alice-password"})

    assert client.session.session_key != before


def test_sign_in_brings_language_and_theme_along(alice):
    User.objects.filter(pk=alice.pk).update(language="en", theme="dark")
    client = Client()

    response = client.post(SIGN_IN, {"username": "alice", "password": "alice-password"})

    assert response.cookies["language"].value == "en"
    assert response.cookies["theme"].value == "dark"


def test_signs_out_by_post_only(browser):
    assert browser.get(reverse("accounts:sign_out")).status_code == 405
    assert "_auth_user_id" in browser.session

    response = browser.post(reverse("accounts:sign_out"))

    assert response.headers["Location"] == SIGN_IN
    assert "_auth_user_id" not in browser.session


def test_keeps_preferences_with_the_user_and_in_cookies(browser, alice):
    response = browser.post("/preferences/", {"language": "es", "theme": "dark", "next": "/progress/"})

    alice.refresh_from_db()
    assert (alice.language, alice.theme) == ("es", "dark")
    assert response.headers["Location"] == "/progress/"
    assert response.cookies["language"].value == "es"
    assert response.cookies["theme"]["httponly"]
    assert response.cookies["theme"]["samesite"] == "Lax"


def test_one_preference_leaves_the_other(browser, alice):
    browser.post("/preferences/", {"theme": "dark"})

    browser.post("/preferences/", {"language": "en"})

    alice.refresh_from_db()
    assert (alice.language, alice.theme) == ("en", "dark")


def test_preferences_work_before_signing_in(db):
    client = Client()

    response = client.post("/preferences/", {"language": "en", "next": SIGN_IN})

    assert response.headers["Location"] == SIGN_IN
    assert 'lang="en"' in client.get(SIGN_IN).content.decode()


@pytest.mark.parametrize("fields", [{"theme": "pink"}, {"language": "xx"}, {"language": "../../etc"}])
def test_refuses_preferences_that_do_not_exist(browser, alice, fields):
    response = browser.post("/preferences/", fields)

    alice.refresh_from_db()
    assert response.status_code == 400
    assert (alice.language, alice.theme) == ("", "system")


@pytest.mark.parametrize("target", ["//evil.example/", "https://evil.example/x", "javascript:alert(1)"])
def test_preferences_lead_to_no_other_site(browser, target):
    assert browser.post("/preferences/", {"theme": "dark", "next": target}).headers["Location"] == "/"


def test_a_theme_changes_in_place(htmx):
    response = htmx.post("/preferences/", {"theme": "dark"})

    assert response.status_code == 204
    assert json.loads(response.headers["HX-Trigger"]) == {"muelle:theme": {"theme": "dark", "media": "screen"}}


@pytest.mark.parametrize(
    ("theme", "media"), [("system", "(prefers-color-scheme: dark)"), ("light", "not all"), ("dark", "screen")]
)
def test_the_server_says_when_the_dark_holds(browser, alice, theme, media):
    User.objects.filter(pk=alice.pk).update(theme=theme)

    page = Structure(browser.get("/progress/").content.decode())

    assert page.one("link", id="dark")["media"] == media
    assert page.one("html")["data-theme"] == theme


def test_a_theme_cookie_that_makes_no_sense_is_ignored(browser):
    browser.cookies["theme"] = '"><script>'

    page = Structure(browser.get("/progress/").content.decode())

    assert page.one("html")["data-theme"] == "system"
