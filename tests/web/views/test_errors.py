"""E11, E12: what a person sees when something went wrong."""

import pytest
from django.test import Client

from tests.web.conftest import browser_of
from tests.web.html import Structure
from web.views import courses


def test_an_unknown_address_gets_a_way_on(browser):
    response = browser.get("/nothing/here/")

    page = Structure(response.content.decode())
    assert response.status_code == 404
    assert "There is nothing here" in page.text
    assert page.all("a", href="/")


def test_an_unknown_address_before_signing_in(db):
    assert browser_of(None).get("/nothing/").status_code == 404


def test_a_failure_of_ours_says_that_it_is_ours(alice, monkeypatch):
    monkeypatch.setattr(courses, "courses_for", lambda _user: 1 / 0)
    client = browser_of(alice, raise_request_exception=False)

    response = client.get("/")

    page = Structure(response.content.decode())
    assert response.status_code == 500
    assert "Something broke on our side" in page.text
    assert "ZeroDivisionError" not in response.content.decode()


def test_a_form_without_its_proof_is_explained(alice):
    client = browser_of(alice, enforce_csrf_checks=True)

    response = client.post("/sign-out/")

    assert response.status_code == 403
    assert "This form is too old" in response.content.decode()


def test_a_forbidden_page_says_why(alice, monkeypatch):
    from django.core.exceptions import PermissionDenied

    def refuse(_user):
        raise PermissionDenied("This lab session belongs to somebody else.")

    monkeypatch.setattr(courses, "courses_for", refuse)

    response = browser_of(alice).get("/")

    assert response.status_code == 403
    assert "This lab session belongs to somebody else." in response.content.decode()


@pytest.mark.parametrize("host", ["evil.example", "localhost.evil.example"])
def test_a_forged_host_is_refused(host, db):
    response = Client().get("/sign-in/", headers={"host": host})

    assert response.status_code == 400
    assert "evil.example" not in response.content.decode()
