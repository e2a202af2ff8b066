import csv
import io
from datetime import timedelta

import pytest
from django.utils import timezone

from audit.actions import record
from tests.web.conftest import browser_of
from tests.web.html import Structure
from web.views.operations import audit

AUDIT = "/operations/audit/"
HOSTILE = '=HYPERLINK("http://x","<script>alert(1)</script>")'


@pytest.fixture
def admin(root):
    return browser_of(root)


@pytest.fixture
def _entries(alice, bob):
    record(by=alice, action="start_lab_session", subject=alice, lab="one")
    record(by=bob, action="end_lab_session", subject=alice, reason="learner")
    record(by=None, action="end_lab_session", subject=bob, reason="expired")


def shown(admin, **query) -> list[str]:
    page = Structure(admin.get(AUDIT, query).content.decode())
    return [text.strip() for text in page.texts if text.strip() in ("start_lab_session", "end_lab_session", "greet")]


@pytest.mark.usefixtures("_entries")
@pytest.mark.parametrize(
    ("query", "count"),
    [
        ({}, 3),
        ({"actor": "ALICE"}, 1),
        ({"actor": "-"}, 1),
        ({"actor": "nobody"}, 0),
        ({"action": "end_lab_session"}, 2),
        ({"kind": "accounts.user"}, 3),
        ({"action": "invented"}, 0),
        ({"first": "2020-01-01", "last": "2020-12-31"}, 0),
        ({"last": "not a day"}, 0),
    ],
)
def test_entries_are_found(admin, query, count):
    table = admin.get(f"{AUDIT[:-1]}.csv", query).content.decode()

    assert len(list(csv.reader(io.StringIO(table), delimiter=";"))) == count + 1
    page = admin.get(AUDIT, query).content.decode()
    assert page.count('<td class="figures">') == count
    assert ("No entry is like that." in page) is (count == 0)


@pytest.mark.usefixtures("_entries")
def test_one_subject(admin, alice):
    query = {"kind": "accounts.user", "subject": str(alice.pk)}

    assert admin.get(AUDIT, query).content.decode().count('<td class="figures">') == 2


@pytest.mark.usefixtures("_entries")
def test_days_count_whole(admin):
    today = timezone.localdate()

    for query, count in (
        ({"first": today, "last": today}, 3),
        ({"first": today + timedelta(days=1)}, 0),
        ({"last": today - timedelta(days=1)}, 0),
    ):
        assert admin.get(AUDIT, query).content.decode().count('<td class="figures">') == count


@pytest.mark.usefixtures("_entries")
def test_the_newest_come_first_and_in_pages(admin, monkeypatch):
    monkeypatch.setattr(audit, "PAGE", 2)

    first = admin.get(AUDIT, {"kind": "accounts.user"}).content.decode()

    assert "Page 1 of 2" in first
    assert "?kind=accounts.user&amp;page=2" in first
    assert admin.get(AUDIT, {"page": "2"}).content.decode().count('<td class="figures">') == 1


def test_nothing_hostile_gets_out(admin, alice):
    record(by=alice, action="greet", subject=alice, words=HOSTILE)

    page = admin.get(AUDIT).content.decode()
    table = admin.get("/operations/audit.csv")

    assert "<script>alert" not in page
    rows = list(csv.reader(io.StringIO(table.content.decode()), delimiter=";"))
    assert all(not cell.startswith(("=", "+", "-", "@")) for row in rows for cell in row)
    assert table["Content-Type"].startswith("text/csv")


def test_a_formula_as_a_name_is_shown(admin, alice):
    type(alice).objects.filter(pk=alice.pk).update(username="=1+1")
    record(by=alice, action="greet", subject=alice)

    assert "'=1+1" in admin.get("/operations/audit.csv").content.decode()


def test_a_table_has_an_end(admin, alice, monkeypatch):
    monkeypatch.setattr(audit, "MOST_EXPORTED", 2)
    for _ in range(3):
        record(by=alice, action="greet", subject=alice)

    assert len(admin.get("/operations/audit.csv").content.decode().splitlines()) == 3
    assert "(the newest 2)" in admin.get(AUDIT).content.decode()
