"""`manage.py prove`: can each lab be solved as its author says, and do its checks notice?"""

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from content.problems import ContentErrors
from content.reports import as_text as problems_as_text
from grading.prove.cache import Cache
from grading.prove.labs import find_labs
from grading.prove.proof import prove
from grading.prove.report import as_junit, as_text


class Command(BaseCommand):
    help = "Type the solutions of labs into real sandboxes and see that their checks tell done from not done."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("path", nargs="?", type=Path, help="a lesson, a chapter, a course, or a folder of courses")
        parser.add_argument("--no-cache", action="store_true", help="prove again what was proved before")
        parser.add_argument("--junit", type=Path, metavar="FILE", help="write the results as JUnit XML too")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            labs = find_labs(options["path"])
        except ContentErrors as error:
            self.stderr.write(problems_as_text(error.problems))
            sys.exit(1)
        cache = None if options["no_cache"] else Cache(Path(settings.MUELLE_PROOF_CACHE))
        results = prove(labs, cache, lambda result: self.stdout.write(as_text(result)))
        if options["junit"]:
            options["junit"].write_text(as_junit(results), encoding="utf-8")
        wrong = sum(bool(result.troubles) for result in results)
        if wrong:
            self.stdout.write(f"{wrong} of {len(results)} runs show something wrong.")
            sys.exit(1)
        self.stdout.write(f"{len(labs)} labs are proved.")
