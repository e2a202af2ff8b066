"""Which terminal a person means, and whether it is theirs, or its learner lets them look on or help."""

import hashlib
import uuid
from dataclasses import dataclass
from typing import Final

from channels.db import database_sync_to_async
from django.utils import timezone

from accounts.models import User
from classroom.models import Assistance
from lab_sessions.environments import document_of
from lab_sessions.models import LabSession
from lab_sessions.transitions import LIVE, State
from sandboxes.agent_client import login_shell
from sandboxes.lifecycle import profile_of, socket_path_of
from terminal.closing import CloseCode, Refused
from terminal.protocol import STREAM_BYTES
from terminal.serving import Terminal

EXTRA_TERMINALS: Final = 4  # Tabs that learners open themselves; with a lab's own the agent's 8 ptys are enough.
_EXTRA_NAMES: Final = frozenset(f"extra-{number}" for number in range(1, EXTRA_TERMINALS + 1))


@dataclass(frozen=True)
class Target:
    """A terminal, and the lab session it is part of."""

    session: LabSession
    terminal: Terminal
    assistance: Assistance | None = None
    """What somebody else's viewer depends on; None for the learner's own."""

    @property
    def read_only(self) -> bool:
        """Whether the viewer may only look on."""
        return self.assistance is not None and not self.assistance.types


async def locate(user: User, session_id: uuid.UUID, name: str) -> Target:
    """Find the terminal `name` of one's own lab session, or of one whose learner has let `user` watch or help.

    Raises:
        Refused: NOT_FOUND alike for sessions that do not exist, sessions of others, and terminals the lab does not
            have; else why the session has no terminal now.
    """
    target: Target = await database_sync_to_async(_locate)(user, session_id, name)
    return target


def _locate(user: User, session_id: uuid.UUID, name: str) -> Target:
    session = LabSession.objects.select_related("sandbox", "lab").filter(pk=session_id).first()
    assistance = None
    if session is not None and session.learner_id != user.pk:
        standing = Assistance.objects.standing(timezone.now())
        assistance = standing.filter(lab_session=session, by=user).first()
        session = session if assistance else None
    if session is None or name not in _EXTRA_NAMES | {terminal.name for terminal in document_of(session.lab).terminals}:
        raise Refused(CloseCode.NOT_FOUND)
    if session.state not in LIVE:
        raise Refused(CloseCode.ENDED)
    if session.state != State.READY or session.sandbox is None:
        raise Refused(CloseCode.NOT_READY)
    stream_id = hashlib.blake2b(session.sandbox.pk.bytes, digest_size=STREAM_BYTES).digest()
    shell = login_shell(profile_of(session.sandbox).environment)
    return Target(session, Terminal(socket_path_of(session.sandbox), name, stream_id, shell=shell), assistance)
