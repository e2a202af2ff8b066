"""`manage.py erase_person`: take a person out of the platform for good."""

import sys
from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import OperationalError

from accounts.models import User
from privacy.actions import erase_person
from privacy.erasing import erased_accounts, pseudonym_of
from privacy.models import ErasureRequest
from privacy.traces import tidy_database


class Command(BaseCommand):
    help = "Erase a person: account, labs and answers go, grades lose their name. Cannot be undone."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username", nargs="?")
        parser.add_argument("--yes", action="store_true", help="do not ask")
        parser.add_argument("--requests", action="store_true", help="instead: list who asked to be erased")
        parser.add_argument("--erased", action="store_true", help="instead: list the numbers of erased accounts")
        parser.add_argument(
            "--again", nargs="+", type=int, metavar="NUMBER", help="instead: erase these accounts, for `make restore`"
        )

    def handle(self, *args: Any, username: str | None, yes: bool, **options: Any) -> None:
        if options["requests"]:
            self._list()
        elif options["erased"]:
            self.stdout.write(" ".join(str(number) for number in erased_accounts()))
        elif options["again"]:
            for person in User.objects.filter(pk__in=options["again"]):
                erase_person(by=None, person=person)
            self._tidy()
        else:
            self._erase(username, yes=yes)

    def _erase(self, username: str | None, *, yes: bool) -> None:
        if not username:
            raise CommandError("Name the person, or list those who asked with --requests.")
        try:
            person = User.objects.get(username=username)
        except User.DoesNotExist as error:
            raise CommandError(f"There is nobody called {username}.") from error
        if not yes and not self._is_meant(username):
            raise CommandError("Nothing was erased.")
        try:
            done = erase_person(by=None, person=person)
        except PermissionDenied as error:
            raise CommandError(str(error)) from error
        self._tidy()
        told = ", ".join(f"{count} {name}" for name, count in done.items() if count)
        self.stdout.write(f"{username} is {pseudonym_of(person)} from now on ({told}).")
        self.stdout.write("Backups made before still hold them; `make restore` erases them again.")

    def _list(self) -> None:
        for request in ErasureRequest.objects.select_related("person"):
            self.stdout.write(f"{request.person.username}, since {request.created_at:%Y-%m-%d}")

    def _is_meant(self, username: str) -> bool:
        self.stdout.write(f"This erases {username} for good. Type the user name once more to go on: ", ending="")
        self.stdout.flush()
        return sys.stdin.readline().strip() == username

    def _tidy(self) -> None:
        try:
            tidy_database()
        except OperationalError:
            self.stderr.write(
                "The database was too busy to be tidied; its files may hold old text. Run it again later."
            )
