"""`manage.py export_person`: everything of a person, as a zip."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.models import User
from privacy.actions import export_person

PRIVATE = 0o600


class Command(BaseCommand):
    help = "Write everything that the platform knows of a person into a zip of JSON files."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username")
        parser.add_argument("--to", type=Path, help="the file; by default <username>.zip here")

    def handle(self, *args: Any, username: str, to: Path | None, **options: Any) -> None:
        try:
            person = User.objects.get(username=username)
        except User.DoesNotExist as error:
            raise CommandError(f"There is nobody called {username}.") from error
        target = to or Path(f"{username}.zip")
        target.touch(mode=PRIVATE)
        target.write_bytes(export_person(by=None, person=person))
        self.stdout.write(f"{target}: everything of {username}. Hand it to nobody else.")
