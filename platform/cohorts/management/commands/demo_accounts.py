"""`manage.py demo_accounts`: accounts to try a new installation with, and a class that they are in."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.demo import DemoNotAllowed, close_demo_accounts, make_demo_accounts
from cohorts.demo import make_demo_cohort


class Command(BaseCommand):
    help = "Create a learner, an instructor and an admin whose password is their user name, and a class of theirs."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--close", action="store_true", help="instead: keep people out of those that still have that password"
        )

    def handle(self, *args: Any, close: bool, **options: Any) -> None:
        if close:
            self.stdout.write(f"{close_demo_accounts()} demo accounts closed")
            return
        try:
            users = make_demo_accounts()
            make_demo_cohort()
        except DemoNotAllowed as error:
            raise CommandError(str(error)) from error
        for user in users:
            role = "admin" if user.is_superuser else "instructor" if user.is_staff else "learner"
            self.stdout.write(f"{role}: {user.username} / {user.username}")
