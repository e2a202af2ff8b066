"""Whether the process can do its work."""

from django.db import DatabaseError
from django.test import Client

from web.views import health


def test_is_well_while_the_database_answers(db):
    response = Client().get("/healthz")

    assert (response.status_code, response.content) == (200, b"ok\n")
    assert "no-store" in response.headers["Cache-Control"]


def test_is_not_well_without_a_database(monkeypatch):
    class Gone:
        def cursor(self):
            raise DatabaseError

    monkeypatch.setattr(health, "connection", Gone())

    response = Client().get("/healthz")

    assert response.status_code == 503
