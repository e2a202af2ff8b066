"""`manage.py reconcile`: the reconciler as a process of its own."""

import signal
import threading
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from lab_sessions import reconciler


class Command(BaseCommand):
    help = "Keep sandboxes, lab sessions and submissions in agreement with the database until stopped."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--once", action="store_true", help="run a single round, print what it mended, and exit")

    def handle(self, *args: Any, once: bool, **options: Any) -> None:
        if once:
            for name, count in reconciler.run_round(reconciler.load_steps(), timezone.now()).items():
                self.stdout.write(f"{name}: {count}")
            return
        stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        reconciler.run_forever(stop, _give_sign_of_life)


def _give_sign_of_life() -> None:
    """Touch the file that health checks look at."""
    if settings.MUELLE_LIFE_SIGN:
        Path(settings.MUELLE_LIFE_SIGN).touch()
