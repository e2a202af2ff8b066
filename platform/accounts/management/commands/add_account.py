"""`manage.py add_account`: an account, for installations that nobody can sign in to yet."""

import getpass
import secrets
import sys
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.actions import Role, add_account

# 96 bits, in 16 characters that can be read out to somebody.
DRAWN_BYTES = 12


class Command(BaseCommand):
    help = "Create an account. Asks for the password at a terminal, reads it from a pipe, or draws one (--draw)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username")
        parser.add_argument("--role", choices=[role.value for role in Role], default=Role.LEARNER.value)
        parser.add_argument("--draw", action="store_true", help="draw a password and print it")

    def handle(self, *args: Any, username: str, role: str, draw: bool, **options: Any) -> None:
        password = secrets.token_urlsafe(DRAWN_BYTES) if draw else _ask()
        try:
            user = add_account(username=username, password=password, role=Role(role))
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        self.stdout.write(f"{role}: {user.username}" + (f" / {password}" if draw else ""))


def _ask() -> str:
    if sys.stdin.isatty():
        return getpass.getpass("Password: ")
    return sys.stdin.readline().rstrip("\n")
