"""`manage.py doctor`: what is wrong with this installation, what it means, and how to mend it."""

import json
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from operations.doctor.base import State, worst
from operations.doctor.gathering import examine
from operations.doctor.texts import Line

SIGNS = {State.GOOD: "ok  ", State.WARN: "WARN", State.BAD: "BAD "}


class Command(BaseCommand):
    help = (
        "Examine engine, machine and site. Run it where the engine can be reached. Ends with 1 where something is bad."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", dest="as_json", help="for programs, in the same words")

    def handle(self, *args: Any, as_json: bool, **options: Any) -> None:
        findings = examine()
        lines = [Line(finding) for finding in findings]
        if as_json:
            self.stdout.write(json.dumps([_as_json(line) for line in lines], ensure_ascii=False, indent=1))
        else:
            for line in lines:
                self._write(line)
        if worst(findings) == State.BAD:
            sys.exit(1)

    def _write(self, line: Line) -> None:
        found = f": {line.finding.found}" if line.finding.found else ""
        self.stdout.write(f"{SIGNS[line.finding.state]}  {line.title}{found}")
        if line.mend:
            self.stdout.write(f"      {line.meaning}\n      → {line.mend}")


def _as_json(line: Line) -> dict[str, str]:
    return {**line.finding.to_json(), "title": line.title, "meaning": line.meaning, "mend": line.mend}
