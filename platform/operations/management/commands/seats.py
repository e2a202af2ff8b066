"""`manage.py seats LESSON --learners 30`: whether a class fits on this machine, and why."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from operations.models import Sample
from operations.queries import is_stale
from operations.seat_words import answer_of, facts_of, sentence_for
from operations.seats import plan_for, plannable_labs
from operations.steps import take_sample
from sandboxes.runtimes.base import PermanentFault


class Command(BaseCommand):
    help = "Tell whether a class can do a lesson's lab at once, and why. Ends with 1 where it does not fit."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("lesson", help="its key, course/chapter/lesson, or the end of it")
        parser.add_argument("--learners", type=int, default=30)

    def handle(self, *args: Any, lesson: str, learners: int, **options: Any) -> None:
        found = [lab for lab in plannable_labs() if lab.key == lesson or lab.key.endswith(f"/{lesson}")]
        if len(found) != 1:
            known = ", ".join(lab.key for lab in plannable_labs())
            raise CommandError(f"“{lesson}” names {len(found)} lessons with a lab. There are: {known or 'none'}.")
        now = timezone.now()
        if is_stale(Sample.objects.newest(), now):  # no reconciler runs here
            take_sample(now)
        try:
            plan = plan_for(found[0], learners)
        except (ValueError, PermanentFault) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{found[0].key}: {answer_of(plan)}")
        self.stdout.write(" · ".join(f"{name} {value}" for name, value in facts_of(plan)))
        for reason in plan.reasons:
            self.stdout.write(f"{reason.weight.upper():5} {sentence_for(reason)}")
        if not plan.fits:
            raise SystemExit(1)
