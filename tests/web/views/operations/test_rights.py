"""The admin's pages are the admins': a table of everybody at every address of theirs."""

import pytest
from django.urls import reverse

from accounts.models import User
from tests.web.conftest import browser_of
from tests.web.routes import all_routes
from tests.web.test_every_route import all_rows, assert_guarded

ROUTES = [route for route in all_routes() if route.name.startswith("operations:")]
FOR_TEACHERS = "operations:seats"
READ = {"room", "live", "people", "person", "audit", "audit_csv", "health", "seats"}


@pytest.fixture
def addresses(world, alice, bob) -> dict[str, str]:
    known = {"session": world.session(alice).pk, "person": bob.pk}
    return {route.name: reverse(route.name, kwargs={name: known[name] for name in route.arguments}) for route in ROUTES}


def test_all_of_them_are_here():
    assert len(ROUTES) == 19


@pytest.mark.parametrize(
    ("name", "who"),
    [(route.name, who) for route in ROUTES for who in ("alice", "ivy") if (route.name, who) != (FOR_TEACHERS, "ivy")],
)
def test_others_are_told_that_it_is_not_theirs(name, who, addresses, request):
    browser = browser_of(request.getfixturevalue(who))
    reading = name.partition(":")[2] in READ
    before = all_rows()

    answer = browser.get(addresses[name]) if reading else browser.post(addresses[name], {"role": "admin"})

    assert answer.status_code == 403
    assert ("Only admins of this server" in answer.content.decode()) or name == FOR_TEACHERS
    assert all_rows() == before


def test_instructors_plan_seats(addresses, ivy):
    assert browser_of(ivy).get(addresses[FOR_TEACHERS]).status_code == 200


@pytest.mark.parametrize("name", [route.name for route in ROUTES])
def test_strangers_are_sent_to_sign_in(name, addresses):
    reading = name.partition(":")[2] in READ
    before = all_rows()

    answer = browser_of(None).get(addresses[name]) if reading else browser_of(None).post(addresses[name])

    assert answer.status_code == 302
    assert answer["Location"].startswith("/sign-in/")
    assert all_rows() == before


@pytest.mark.parametrize("name", [route.name for route in ROUTES])
def test_an_admins_get_writes_nothing_and_is_guarded(name, addresses, root):
    browser = browser_of(root)
    before = all_rows()

    for headers in ({}, {"HX-Request": "true"}):
        answer = browser.get(addresses[name], headers=headers)
        assert answer.status_code == (200 if name.partition(":")[2] in READ else 405)
        assert answer.status_code == 405 or "no-store" in answer["Cache-Control"]
        assert_guarded(answer)

    assert all_rows() == before


def test_an_admin_who_was_disabled_is_a_stranger(addresses, root):
    browser = browser_of(root)
    User.objects.filter(pk=root.pk).update(is_active=False)

    assert browser.get("/operations/").status_code == 302


def test_the_way_there_is_shown_to_admins_only(alice, ivy, root):
    shown = {
        person.username: b'href="/operations/"' in browser_of(person).get("/").content for person in (alice, ivy, root)
    }

    assert shown == {"alice": False, "ivy": False, "root": True}
