"""`manage.py check_content`: is every lesson and lab sound?"""

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from content.problems import ContentErrors
from content.reports import as_sarif, as_text
from courses.reading import read_courses


class Command(BaseCommand):
    help = "Look at course files and say what is wrong, where, and what to write instead. Changes nothing."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("path", nargs="?", type=Path, help="a course, or the folder that courses are in")
        parser.add_argument("--format", choices=("text", "sarif"), default="text", help="sarif: for editors and CI")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            documents = read_courses(options["path"])
        except ContentErrors as error:
            problems = error.problems
        else:
            problems = ()
        if options["format"] == "sarif":
            self.stdout.write(as_sarif(problems, root=Path.cwd()))
        elif problems:
            self.stderr.write(as_text(problems))
        else:
            lessons = sum(len(chapter.lessons) for document in documents for chapter in document.chapters)
            self.stdout.write(f"No problems found (courses: {len(documents)}, lessons: {lessons}).")
        if problems:
            sys.exit(1)
