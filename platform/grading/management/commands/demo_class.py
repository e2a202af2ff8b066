"""`manage.py demo_class`: an invented class, for looking at pages."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.demo import DemoNotAllowed, make_demo_accounts
from cohorts.demo import make_demo_cohort
from grading.demo import make_demo_class

MOST = 200  # invented people; more tell nothing new about a page


class Command(BaseCommand):
    help = "Fill the demo class with invented learners and what they did. For development only."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--learners", type=int, default=30, help="how many there are afterwards")
        parser.add_argument("--seed", type=int, default=1, help="another seed invents another class")

    def handle(self, *args: Any, learners: int, seed: int, **options: Any) -> None:
        if not 1 <= learners <= MOST:
            raise CommandError(f"--learners is a number from 1 to {MOST}.")
        try:
            make_demo_accounts()
            cohort = make_demo_cohort()
            people = make_demo_class(cohort=cohort, learners=learners, seed=seed)
        except DemoNotAllowed as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{cohort}: {len(people)} learners")
