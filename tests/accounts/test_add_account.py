"""Accounts made from the command line."""

import io

import pytest
from django.contrib.auth import authenticate
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command

from accounts.actions import Role, add_account
from accounts.models import User

PASSWORD = "muelle-de-carga"


@pytest.mark.parametrize(
    ("role", "staff", "superuser"), [("learner", False, False), ("instructor", True, False), ("admin", True, True)]
)
def test_each_role_may_what_it_is_for(db, role: str, staff: bool, superuser: bool):
    user = add_account(username="nadia", password=PASSWORD, role=Role(role))

    assert authenticate(username="nadia", password=PASSWORD) == user
    assert (user.is_staff, user.is_superuser) == (staff, superuser)


@pytest.mark.parametrize(
    ("username", "password"), [("alice", PASSWORD), ("no spaces", PASSWORD), ("nadia", "12345678")]
)
def test_a_taken_name_a_bad_one_and_a_weak_password_are_refused(alice, username: str, password: str):
    with pytest.raises(ValidationError):
        add_account(username=username, password=password, role=Role.LEARNER)

    assert User.objects.get() == alice


def test_the_command_reads_a_password_from_a_pipe(db, monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{PASSWORD}\n"))

    call_command("add_account", "nadia", "--role", "instructor", stdout=io.StringIO())

    assert authenticate(username="nadia", password=PASSWORD).is_staff


def test_a_drawn_password_is_printed_and_works(db):
    printed = io.StringIO()

    call_command("add_account", "nadia", "--draw", stdout=printed)

    role, name, _, password = printed.getvalue().split()
    assert (role, name) == ("learner:", "nadia")
    assert authenticate(username="nadia", password=password) is not None


def test_a_refusal_is_a_sentence(alice, monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{PASSWORD}\n"))

    with pytest.raises(CommandError, match="usuario"):
        call_command("add_account", "alice")
