import pytest
from django.contrib.auth import authenticate
from django.core.management import CommandError, call_command
from django.db import IntegrityError

from accounts.demo import DEMO_ACCOUNTS, DemoNotAllowed, close_demo_accounts, make_demo_accounts
from accounts.models import User


def test_demo_people_can_sign_in(db, settings):
    settings.MUELLE_DEMO = True

    make_demo_accounts()

    assert all(authenticate(username=each.username, password=each.username) for each in DEMO_ACCOUNTS)


def test_a_second_run_changes_nobody(db, settings):
    settings.MUELLE_DEMO = True
    make_demo_accounts()
    User.objects.get(username="admin").set_password("changed")

    make_demo_accounts()

    assert User.objects.count() == len(DEMO_ACCOUNTS)


def test_a_real_installation_refuses(db, settings):
    settings.MUELLE_DEMO = False

    with pytest.raises(DemoNotAllowed):
        make_demo_accounts()
    with pytest.raises(CommandError, match="MUELLE_DEMO"):
        call_command("demo_accounts")


def test_an_unknown_theme_is_refused(alice):
    alice.theme = "pink"

    with pytest.raises(IntegrityError):
        alice.save()


def test_a_person_is_called_by_name_where_there_is_one(alice):
    assert str(alice) == "alice"

    alice.first_name = "Alice"

    assert str(alice) == "Alice"


def test_closing_keeps_people_out_of_those_with_a_public_password(db, settings):
    settings.MUELLE_DEMO = True
    make_demo_accounts()
    changed = User.objects.get(username="docente")
    changed.set_password("something-of-my-own")
    changed.save()

    assert close_demo_accounts() == 2

    assert authenticate(username="admin", password="admin") is None
    assert authenticate(username="docente", password="something-of-my-own") == changed
    assert close_demo_accounts() == 0
