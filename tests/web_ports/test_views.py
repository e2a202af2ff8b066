"""The platform's half: from a button to the page that carries the ticket."""

import pytest
from django.contrib.messages import get_messages
from django.test import Client

from tests.web.html import Structure
from tests.web_ports.conftest import ready
from web_ports.models import Visit, digest_of
from web_ports.names import place_of


@pytest.fixture
def browser(alice, settings) -> Client:
    client = Client(headers={"Host": "localhost:8000"})
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    client.force_login(alice)
    return client


def path_of(session) -> str:
    return f"/lab-sessions/{session.pk}/ports/"


def sentence(response) -> str:
    return " ".join(str(message) for message in get_messages(response.wsgi_request))


def test_a_form_carries_the_ticket_to_the_labs_origin(browser, session) -> None:
    response = browser.post(path_of(session), {"port": "8080"})

    page = Structure(response.content.decode())
    assert page.one("form")["action"] == f"http://{place_of(session.pk, 8080).host}:8000/.muelle/enter"
    assert page.one("form")["method"] == "post"
    visit = Visit.objects.get()
    assert digest_of(page.one("input", name="ticket")["value"]) == visit.ticket
    assert (visit.visitor, visit.port, visit.language) == (session.learner, 8080, "en")
    assert visit.sign_in == browser.session.session_key
    assert visit.back.startswith("http://localhost:8000/courses/")


@pytest.mark.abuse
def test_the_ticket_is_in_no_address_and_the_page_in_no_cache(browser, session) -> None:
    response = browser.post(path_of(session), {"port": "8080"})

    ticket = Structure(response.content.decode()).one("input", name="ticket")["value"]
    assert ticket not in str(response.headers)
    assert "no-store" in response.headers["Cache-Control"]
    assert response.headers["Referrer-Policy"] == "same-origin"


@pytest.mark.abuse
def test_only_this_page_may_send_forms_to_labs(browser, session) -> None:
    opening = browser.post(path_of(session), {"port": "8080"}).headers["Content-Security-Policy"]
    other = browser.get("/").headers["Content-Security-Policy"]

    assert "form-action 'self' *.labs.localhost:*;" in opening + ";"
    assert "labs.localhost" not in other


@pytest.mark.parametrize("port", ["", "0", "65536", "80x", "-1", "١", "8080.0", "443"])
def test_what_is_no_port_gets_a_sentence(browser, session, port: str) -> None:
    response = browser.post(path_of(session), {"port": port})

    assert response.status_code == 302
    assert response.url.startswith("/courses/")
    assert sentence(response)
    assert not Visit.objects.exists()


@pytest.mark.abuse
def test_a_session_of_somebody_else_does_not_exist(browser, lab, bob) -> None:
    assert browser.post(path_of(ready(lab, bob)), {"port": "8080"}).status_code == 404
    assert not Visit.objects.exists()


def test_a_lab_that_is_over_gets_a_sentence(browser, session) -> None:
    type(session).objects.filter(pk=session.pk).update(state="ended")

    assert "not running" in sentence(browser.post(path_of(session), {"port": "8080"}))


def test_a_browser_that_would_look_on_its_own_machine_is_told(browser, session, settings) -> None:
    settings.ALLOWED_HOSTS = ["school.lan"]

    response = browser.post(path_of(session), {"port": "8080"}, headers={"Host": "school.lan:8000"})

    assert "LAB_DOMAIN" in sentence(response)


def test_with_a_domain_of_its_own_any_machine_may_look(browser, session, settings) -> None:
    settings.ALLOWED_HOSTS = ["school.lan"]
    settings.LAB_DOMAIN = "labs.example.net"

    response = browser.post(path_of(session), {"port": "8080"}, headers={"Host": "school.lan"})

    action = Structure(response.content.decode()).one("form")["action"]
    assert action.endswith(".labs.example.net/.muelle/enter")
