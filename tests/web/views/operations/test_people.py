import re

import pytest
from django.test import Client

from accounts.models import User
from operations.queries import sign_ins_of
from tests.web.conftest import browser_of
from web.views.operations import people

PEOPLE = "/operations/people/"


@pytest.fixture
def admin(root):
    return browser_of(root)


def shown_password(page: str) -> str:
    return re.findall(r"<code>([^<]+)</code>", page)[1]


def test_everybody_is_listed_with_their_role(admin, alice, ivy):
    page = admin.get(PEOPLE).content.decode()

    assert all(name in page for name in ("alice", "ivy", "root"))
    assert "Instructor" in page


def test_people_are_found(admin, alice, bob):
    page = admin.get(PEOPLE, {"words": "ALI", "role": "learner"}).content.decode()

    assert ">alice</a>" in page
    assert ">bob</a>" not in page
    assert "Nobody is called like that." in admin.get(PEOPLE, {"words": "zzz"}).content.decode()


def test_many_people_have_pages(admin, monkeypatch, alice, bob, ivy):
    monkeypatch.setattr(people, "PAGE", 2)

    first = admin.get(PEOPLE, {"words": "", "role": ""}).content.decode()

    assert "Page 1 of 2" in first
    assert "page=2" in first
    assert "Page 2 of 2" in admin.get(PEOPLE, {"page": "99"}).content.decode()


def test_a_new_account_can_be_used_at_once(admin):
    answer = admin.post(f"{PEOPLE}add/", {"username": "nuria", "first_name": "Nuria", "role": "instructor"})

    assert "no-store" in answer["Cache-Control"]
    assert Client().login(username="nuria", password=shown_password(answer.content.decode()))
    assert User.objects.get(username="nuria").is_staff


@pytest.mark.parametrize("username", ["alice", "two words", ""])
def test_a_name_that_cannot_be(admin, alice, username):
    answer = admin.post(f"{PEOPLE}add/", {"username": username, "role": "learner"})

    assert answer.status_code == 422
    assert 'class="field-error"' in answer.content.decode()
    assert User.objects.count() == 2


def test_a_person_and_what_can_be_done(admin, alice):
    page = admin.get(f"{PEOPLE}{alice.pk}/").content.decode()

    assert "Disable the account" in page
    assert "in 0 browsers" in page
    assert admin.get(f"{PEOPLE}99999/").status_code == 404


def test_a_role_is_changed(admin, alice):
    admin.post(f"{PEOPLE}{alice.pk}/role/", {"role": "admin"})
    admin.post(f"{PEOPLE}{alice.pk}/role/", {"role": "emperor"})

    alice.refresh_from_db()
    assert alice.is_superuser


def test_disabled_and_enabled(admin, alice):
    admin.post(f"{PEOPLE}{alice.pk}/disable/")
    assert "disabled" in admin.get(PEOPLE).content.decode()
    assert not User.objects.get(pk=alice.pk).is_active

    page = admin.post(f"{PEOPLE}{alice.pk}/enable/", follow=True).content.decode()

    assert "The account can be used again." in page
    assert User.objects.get(pk=alice.pk).is_active


def test_signed_out(admin, alice):
    Client().force_login(alice)

    admin.post(f"{PEOPLE}{alice.pk}/sign-out/")

    assert sign_ins_of(alice) == 0


def test_the_way_to_a_new_password(admin, alice):
    assert f'href="/people/{alice.pk}/password/"' in admin.get(f"{PEOPLE}{alice.pk}/").content.decode()


def test_oneself(admin, root):
    assert "That is you." in admin.get(f"{PEOPLE}{root.pk}/").content.decode()

    page = admin.post(f"{PEOPLE}{root.pk}/disable/", follow=True).content.decode()

    assert "That is your own account." in page
    root.refresh_from_db()
    assert root.is_active
