"""`manage.py drain`: end everything that runs, with a reason, before the server stops."""

import time
from collections.abc import Callable, Iterable
from typing import Any, Final

from django.core.management.base import BaseCommand, CommandError

from lab_sessions.actions import end_lab_session
from lab_sessions.lifecycle import finish_session
from lab_sessions.models import LabSession
from lab_sessions.transitions import State
from sandboxes.lifecycle import destroy_sandbox
from sandboxes.models import Sandbox
from sandboxes.runtimes.base import RuntimeFault

PATIENCE: Final = 30.0  # seconds for the engine to let go of what it is just making or removing for somebody else
PAUSE: Final = 1.0  # seconds between two tries


class Command(BaseCommand):
    help = "End all lab sessions and destroy all sandboxes. Run it while no worker and no reconciler runs."

    def handle(self, *args: Any, **options: Any) -> None:
        sessions = list(LabSession.objects.exclude(state__in=[State.ENDED, State.FAILED]))
        sandboxes = list(Sandbox.objects.exclude(state=Sandbox.State.GONE))
        for session in sessions:
            end_lab_session(by=None, session=session, reason=LabSession.Reason.DRAINED)
        left = _insist(sandboxes, lambda sandbox: destroy_sandbox(sandbox, reason="drained"))
        for session in sessions:
            _insist([session], lambda session: finish_session(session.pk))
        if left:
            names = ", ".join(f"{sandbox.name} ({fault})" for sandbox, fault in left)
            raise CommandError(f"The engine did not remove {names}. The next `make run` does; or run this again.")
        self.stdout.write(f"{len(sessions)} sessions ended, {len(sandboxes)} sandboxes destroyed.")


def _insist(things: Iterable[Any], work: Callable[[Any], None]) -> list[tuple[Any, RuntimeFault]]:
    """Do `work` with each thing, and again where the engine fails, for a while; return what is left in the end."""
    waiting = list(things)
    deadline = time.monotonic() + PATIENCE
    while True:
        failed = []
        for thing in waiting:
            try:
                work(thing)
            except RuntimeFault as fault:
                failed.append((thing, fault))
        if not failed or time.monotonic() > deadline:
            return failed
        waiting = [thing for thing, _fault in failed]
        time.sleep(PAUSE)
