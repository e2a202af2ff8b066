"""Public passwords are closed before others can reach the site."""

from io import StringIO

import pytest
from django.core.management import call_command
from django.test import Client

from accounts.demo import make_demo_accounts
from accounts.guarding import close_demo_accounts, ensure_admin
from accounts.models import User


@pytest.fixture
def demo(db, settings) -> None:
    settings.MUELLE_DEMO = True
    make_demo_accounts()


def may_sign_in(name: str, password: str) -> bool:
    return Client().login(username=name, password=password)


@pytest.mark.abuse
def test_nobody_gets_in_with_a_public_password_and_who_was_in_is_out(demo) -> None:
    inside = Client()
    assert inside.login(username="admin", password="admin")

    closed = close_demo_accounts()

    assert {user.username for user in closed} == {"aprendiz", "docente", "admin"}
    assert not any(may_sign_in(user.username, user.username) for user in closed)
    assert inside.get("/progress/").status_code == 302


def test_who_chose_a_password_keeps_it(demo) -> None:
    user = User.objects.get(username="docente")
    user.set_password("a-password-of-my-own")
    user.save()

    close_demo_accounts()
    make_demo_accounts()

    assert may_sign_in("docente", "a-password-of-my-own")


def test_on_loopback_they_are_open_again(demo) -> None:
    close_demo_accounts()
    make_demo_accounts()

    assert may_sign_in("aprendiz", "aprendiz")


@pytest.mark.abuse
def test_an_account_that_never_had_a_password_is_not_given_a_public_one(demo) -> None:
    user = User.objects.get(username="admin")
    user.set_unusable_password()
    user.save()

    make_demo_accounts()

    assert not may_sign_in("admin", "admin")


def test_a_site_without_an_admin_gets_one_and_only_once(demo) -> None:
    close_demo_accounts()

    password = ensure_admin(username="encargado")

    assert may_sign_in("encargado", password)
    assert User.objects.get(username="encargado").is_superuser
    assert ensure_admin(username="encargado") == ""


def test_the_command_says_what_it_did(demo) -> None:
    said = StringIO()

    call_command("guard_accounts", "--admin", "encargado", stdout=said)

    lines = said.getvalue().splitlines()
    assert sorted(lines[:3]) == ["closed: admin", "closed: aprendiz", "closed: docente"]
    assert lines[3].startswith("admin: encargado / ")
    again = StringIO()
    call_command("guard_accounts", "--admin", "encargado", stdout=again)
    assert again.getvalue() == ""
