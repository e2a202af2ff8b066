"""`manage.py drain`: end everything that runs, with a reason, before the server stops."""

from typing import Any

from django.core.management.base import BaseCommand

from lab_sessions.actions import end_lab_session
from lab_sessions.lifecycle import finish_session
from lab_sessions.models import LabSession
from lab_sessions.transitions import State
from sandboxes.lifecycle import destroy_sandbox
from sandboxes.models import Sandbox


class Command(BaseCommand):
    help = "End all lab sessions and destroy all sandboxes. Run it while no worker and no reconciler runs."

    def handle(self, *args: Any, **options: Any) -> None:
        sessions = list(LabSession.objects.exclude(state__in=[State.ENDED, State.FAILED]))
        for session in sessions:
            end_lab_session(by=None, session=session, reason=LabSession.Reason.DRAINED)
            finish_session(session.pk)
        sandboxes = list(Sandbox.objects.exclude(state=Sandbox.State.GONE))
        for sandbox in sandboxes:
            destroy_sandbox(sandbox, reason="drained")
        self.stdout.write(f"{len(sessions)} sessions ended, {len(sandboxes)} sandboxes destroyed.")
