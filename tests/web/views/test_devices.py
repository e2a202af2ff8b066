"""The pages for devices that nobody has signed in with yet."""

import pytest
from django.test import Client

from config.authority import issue
from tests.web.html import Structure


@pytest.fixture
def room(settings, tmp_path, db) -> Client:
    issue(tmp_path, ["10.0.0.5"])
    settings.MUELLE_CA_FILE = str(tmp_path / "authority.pem")
    settings.MUELLE_HTTPS_PORT = 8443
    settings.ALLOWED_HOSTS = ["10.0.0.5", "localhost"]
    return Client(headers={"Host": "10.0.0.5:8000", "Accept-Language": "en"})


def test_the_certificate_comes_as_a_file_and_with_the_address_it_opens(room, settings) -> None:
    page = room.get("/certificado/")
    file = room.get("/certificado/muelle.crt")

    assert "https://10.0.0.5:8443/" in page.content.decode()
    assert file.headers["Content-Type"] == "application/x-x509-ca-cert"
    assert b"BEGIN CERTIFICATE" in file.content
    assert b"PRIVATE" not in file.content


@pytest.mark.parametrize("path", ["/certificado/", "/certificado/muelle.crt"])
def test_a_site_without_an_authority_of_its_own_offers_none(db, client, path) -> None:
    assert client.get(path).status_code == 404


def test_a_plain_page_says_so_in_the_room_and_not_on_the_server_itself(room) -> None:
    assert "Without encryption" in room.get("/sign-in/").content.decode()
    assert "Without encryption" not in room.get("/sign-in/", secure=True).content.decode()
    assert "Without encryption" not in room.get("/sign-in/", headers={"Host": "localhost:8000"}).content.decode()


def test_the_test_page_tries_ports_of_labs_where_they_are_at_an_address(room, settings) -> None:
    settings.MUELLE_LAB_PORTS = [8100]

    here = Structure(room.get("/prueba/", SERVER_NAME="10.0.0.5").content.decode())
    assert here.one("div", id="trial")["data-probe"] == "http://[::ffff:a00:5]:8100/"
    settings.MUELLE_LAB_PORTS = []
    nowhere = Structure(room.get("/prueba/", SERVER_NAME="10.0.0.5").content.decode())
    assert nowhere.one("div", id="trial")["data-probe"] == ""


def test_only_the_test_page_may_ask_a_labs_origin(room) -> None:
    assert "connect-src 'self';" in room.get("/sign-in/").headers["Content-Security-Policy"] + ";"
