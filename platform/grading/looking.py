"""The way from a lab session to the sandbox that its checks look into."""

from __future__ import annotations

from django.utils.translation import gettext_noop as _

from grading.expects.base import View
from grading.expects.errors import CouldNotLook
from grading.expects.probe import Probe
from lab_sessions.models import LabSession
from lab_sessions.transitions import State
from sandboxes.lifecycle import agent_of, profile_of
from sandboxes.models import Sandbox

OVER = _("The lab had ended before it could be checked. Start it again to continue.")
REPLACED = _("The lab was reset before it could be checked. Check again.")


def view_of(session: LabSession, *, generation: int, seconds: float, answer: str = "") -> View:
    """Return what checks may look at for `seconds`. Raises CouldNotLook where that sandbox is the learner's no more."""
    if session.state not in (State.READY, State.STARTING):
        raise CouldNotLook(OVER, f"the session is {session.state}")
    if session.state == State.STARTING or session.generation != generation or session.sandbox is None:
        raise CouldNotLook(REPLACED, f"sandbox {generation} is no longer there")
    return view_into(session.sandbox, seconds=seconds, answer=answer)


def view_into(sandbox: Sandbox, *, seconds: float, answer: str = "") -> View:
    """Return what checks may look at in a sandbox, whoever has it."""
    profile = profile_of(sandbox)
    return View(
        probe=Probe(agent_of(sandbox), seconds=seconds, environment=profile.environment),
        values=sandbox.values,
        answer=answer,
        since=sandbox.assigned_at.timestamp() if sandbox.assigned_at else 0.0,
        engine_address=f"unix:{profile.inner_engine.socket}" if profile.inner_engine else "",
    )
