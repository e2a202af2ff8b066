"""`python -m content COURSE...` checks course folders without Django or a database."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from content.loader import load_course
from content.problems import ContentErrors, Problem
from content.reports import as_sarif, as_text


def main(arguments: list[str] | None = None) -> int:
    """Return 0 where every course is sound, else 1."""
    parser = argparse.ArgumentParser(prog="python -m content", description="Check course folders.")
    parser.add_argument("courses", nargs="+", type=Path, help="folders with a course.yaml")
    parser.add_argument("--format", choices=("text", "sarif"), default="text")
    options = parser.parse_args(arguments)
    problems: list[Problem] = []
    for course in options.courses:
        try:
            load_course(course)
        except ContentErrors as error:
            problems.extend(error.problems)
    if options.format == "sarif":
        sys.stdout.write(as_sarif(problems, root=Path.cwd()) + "\n")
    else:
        sys.stdout.write(as_text(problems) + "\n" if problems else "No problems found.\n")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
