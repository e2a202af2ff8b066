"""`manage.py guard_accounts`: no public passwords, and an admin who can sign in, before others can."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from accounts.guarding import close_demo_accounts, ensure_admin


class Command(BaseCommand):
    help = (
        "Close demo accounts that have their public password, and draw a password for an admin where none can sign in."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--admin", metavar="NAME", help="an account to make if no admin can sign in")

    def handle(self, *args: Any, admin: str | None, **options: Any) -> None:
        for user in close_demo_accounts():
            self.stdout.write(f"closed: {user.username}")
        password = ensure_admin(username=admin) if admin else ""
        if password:
            self.stdout.write(f"admin: {admin} / {password}")
