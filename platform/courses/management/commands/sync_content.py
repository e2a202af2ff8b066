"""`manage.py sync_content`: show readers what the files say now."""

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from content.problems import ContentErrors
from content.reports import as_text
from courses.actions import Synced, hide_course, sync_courses
from courses.models import Course


class Command(BaseCommand):
    help = "Read all courses and show them. If anything is wrong, nothing changes."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("path", nargs="?", type=Path, help="a course, or the folder that courses are in")
        parser.add_argument(
            "--hide", metavar="COURSE", help="instead: take this course off the pages, keeping its grades"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["hide"]:
            self._hide(options["hide"])
            return
        try:
            results = sync_courses(by=None, path=options["path"])
        except ContentErrors as error:
            self.stderr.write(as_text(error.problems))
            self.stderr.write("Nothing was changed: readers see what they saw before.")
            sys.exit(1)
        for result in results:
            self.stdout.write(_sentence(result))

    def _hide(self, slug: str) -> None:
        try:
            hide_course(by=None, slug=slug)
        except Course.DoesNotExist as error:
            known = ", ".join(Course.objects.values_list("slug", flat=True)) or "none"
            raise CommandError(f"There is no course `{slug}`. Courses: {known}.") from error
        self.stdout.write(f"{slug}: hidden. `sync_content` shows it again.")


def _sentence(result: Synced) -> str:
    said = "updated" if result.changed else "no changes"
    pruned = f", {result.pruned} old revisions removed" if result.pruned else ""
    return f"{result.course.slug}: {said}{pruned}."
