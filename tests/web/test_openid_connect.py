"""Signing in with another server's word, against a real one on loopback."""

import urllib.request
from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import pytest
from allauth.socialaccount.models import SocialAccount
from django.test import Client

from accounts.models import User
from config.sign_in import OIDC_PROVIDER_ID
from tests.web.conftest import browser_of
from tests.web.openid_server import OpenIdServer, named_in
from tests.web.signing_in import who

BEGIN, BACK = "/sign-in/school/", "/sign-in/school/back/"


@pytest.fixture
def school(db, settings, monkeypatch, socket_enabled) -> Iterator[OpenIdServer]:
    """A server that the settings name."""
    with named_in(settings, monkeypatch) as server:
        yield server


@pytest.fixture
def open_school(school, settings) -> OpenIdServer:
    """One that makes accounts, too."""
    settings.MUELLE_OIDC_SIGN_UP = True
    return school


class _Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *args):
        return None


def agree(location: str) -> str:
    """Go where the site sent the browser, and return the path on which it comes back."""
    opener = urllib.request.build_opener(_Stay, urllib.request.ProxyHandler({}))
    try:
        opener.open(location, timeout=5)
    except urllib.error.HTTPError as answer:
        back = urlsplit(answer.headers["Location"])
    return f"{back.path}?{back.query}"


def go(client: Client, **data: str):
    """Sign in through the other server."""
    begun = client.post(BEGIN, data)
    assert begun.status_code == 302
    return client.get(agree(begun.headers["Location"]))


def connect(user: User, uid: str = "0815") -> None:
    SocialAccount.objects.create(user=user, provider=OIDC_PROVIDER_ID, uid=uid)


def test_the_sign_in_page_names_the_other_server(school):
    assert "Go on with Liceo" in browser_of(None).get("/sign-in/").content.decode()


def test_without_settings_there_is_neither_button_nor_address(db):
    client = browser_of(None)

    assert "openid" not in client.get("/sign-in/").content.decode()
    assert client.post(BEGIN).status_code == 404


def test_a_connected_account_signs_in(school, alice):
    connect(alice)
    client = browser_of(None)

    response = go(client)

    assert response.headers["Location"] == "/"
    assert who(client) == str(alice.pk)
    assert len(school.redeemed) == 1


def test_asks_with_proof_of_possession_and_a_state(school):
    asked = parse_qs(urlsplit(browser_of(None).post(BEGIN).headers["Location"]).query)

    assert asked["code_challenge_method"] == ["S256"]
    assert asked["state"]
    assert asked["redirect_uri"] == ["http://testserver/sign-in/school/back/"]


def test_somebody_unknown_gets_no_account_unless_the_settings_say_so(school):
    client = browser_of(None)

    response = go(client)

    assert "No account here yet" in response.content.decode()
    assert who(client) is None
    assert not User.objects.exists()


def test_somebody_unknown_gets_one_where_the_settings_say_so(open_school):
    client = browser_of(None)
    open_school.person |= {"given_name": "Nadia", "family_name": "Ruiz", "email": "n@example.org"}

    go(client)

    user = User.objects.get()
    assert (user.username, user.first_name, user.is_staff, user.is_superuser) == ("nadia", "Nadia", False, False)
    assert not user.has_usable_password()
    assert who(client) == str(user.pk)


@pytest.mark.abuse
def test_the_other_servers_names_are_nobody_elses_account(open_school, root):
    root.email = "root@example.org"
    root.save()
    open_school.person |= {"preferred_username": "root", "email": "root@example.org", "email_verified": True}
    client = browser_of(None)

    go(client)

    assert User.objects.count() == 2
    assert who(client) != str(root.pk)
    assert not User.objects.get(pk=who(client)).is_superuser


def test_a_disabled_account_stays_out(school, alice):
    connect(alice)
    User.objects.update(is_active=False)
    client = browser_of(None)

    response = go(client)

    assert "Your account is disabled." in client.get(response.headers["Location"]).content.decode()
    assert who(client) is None


@pytest.mark.abuse
@pytest.mark.parametrize("target", ["//evil.example/", "https://evil.example/"])
def test_leads_to_no_other_site(school, alice, target):
    connect(alice)

    assert go(browser_of(None), next=target).headers["Location"] == "/"


def test_goes_on_to_the_page_that_was_asked_for(school, alice):
    connect(alice)

    assert go(browser_of(None), next="/progress/").headers["Location"] == "/progress/"


@pytest.mark.abuse
def test_an_answer_that_this_browser_did_not_ask_for_is_refused(school, alice):
    connect(alice)
    theirs = agree(browser_of(None).post(BEGIN).headers["Location"])
    victim = browser_of(None)

    response = victim.get(theirs)

    assert response.status_code == 401
    assert "did not vouch for you" in response.content.decode()
    assert who(victim) is None


@pytest.mark.abuse
def test_an_answer_is_good_once(school, alice):
    connect(alice)
    client = browser_of(None)
    back = agree(client.post(BEGIN).headers["Location"])
    client.get(back)
    client.post("/sign-out/")

    assert client.get(back).status_code == 401
    assert who(client) is None


@pytest.mark.abuse
def test_a_token_for_another_site_is_refused(school, alice):
    connect(alice)
    school.audience = "somebody-elses-client"
    client = browser_of(None)

    assert go(client).status_code == 401
    assert who(client) is None


@pytest.mark.abuse
def test_no_link_of_another_site_begins_it(school, alice):
    client = browser_of(None)

    asked = client.get(BEGIN)

    assert asked.status_code == 200
    assert "You sign in there and come back here." in asked.content.decode()
    assert Client(enforce_csrf_checks=True).post(BEGIN).status_code == 403


def test_one_can_go_back_instead(school):
    client = browser_of(None)
    state = parse_qs(urlsplit(client.post(BEGIN).headers["Location"]).query)["state"][0]

    response = client.get(BACK, {"error": "access_denied", "state": state}, follow=True)

    assert "You went back before it was done." in response.content.decode()


def test_a_server_that_is_broken_is_told_in_a_sentence(school):
    school.broken = True
    client = browser_of(None, raise_request_exception=False)

    response = client.post(BEGIN)

    assert response.status_code == 401
    assert "did not vouch for you, or it took too long" in response.content.decode()


def test_an_account_is_connected_on_its_page(school, alice):
    client = browser_of(None)
    client.post("/sign-in/", {"username": "alice", "password": "alice-password"})
    assert "Connect with Liceo" in client.get("/account/").content.decode()

    begun = client.post(f"{BEGIN}?process=connect")
    client.get(agree(begun.headers["Location"]))

    assert SocialAccount.objects.get().user == alice
    assert "Connected." in client.get("/account/").content.decode()
    client.post("/sign-out/")
    go(client)
    assert who(client) == str(alice.pk)
