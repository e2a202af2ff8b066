"""Whether a browser that comes to a lab origin may see it."""

import time
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

from channels.db import database_sync_to_async
from django.contrib.auth import get_user
from django.contrib.sessions.backends.db import SessionStore
from django.utils import timezone

from accounts.models import User
from lab_sessions.models import LabSession
from lab_sessions.transitions import LIVE, State
from sandboxes.lifecycle import socket_path_of
from terminal.revocation import Grant
from web_ports.limits import ADMISSION_SECONDS, ADMISSIONS_KEPT
from web_ports.models import Visit, digest_of
from web_ports.names import Place
from web_ports.refusals import NotShown, Reason
from web_ports.slots import Slot


@dataclass(frozen=True)
class Admission:
    """A visit that counts now: to which agent it leads, and on what it depends."""

    session: LabSession
    socket_path: Path
    port: int
    grant: Grant
    language: str
    back: str


class Desk:
    """Asks the database who may enter, and remembers a yes for a moment: a page asks for thirty things at once."""

    def __init__(self, seconds: float = ADMISSION_SECONDS) -> None:
        self._seconds = seconds
        self._known: dict[tuple[Place | Slot, str], tuple[float, Admission]] = {}

    async def admit(self, place: Place | Slot, cookies: list[str]) -> Admission:
        """Let in whoever shows one cookie that counts.

        Raises:
            NotShown: with the reason why not.
        """
        now = time.monotonic()
        for cookie in cookies:
            until, admission = self._known.get((place, cookie), (0.0, None))
            if admission is not None and now < until:
                return admission
        cookie, admission = await database_sync_to_async(look_up)(place, cookies)
        while len(self._known) >= ADMISSIONS_KEPT:
            self._known.pop(next(iter(self._known)))
        self._known[place, cookie] = (now + self._seconds, admission)
        return cast(Admission, admission)


def look_up(place: Place | Slot, cookies: list[str]) -> tuple[str, Admission]:
    """The cookie of `cookies` that opens `place`, and what it opens. Raises NotShown."""
    visit, cookie = _find(place, cookies)
    known = {"language": visit.language, "back": visit.back}
    user = _signed_in_as(visit.sign_in)
    if user is None or user.pk != visit.visitor_id:
        raise NotShown(Reason.SIGNED_OUT, **known)
    session = visit.lab_session
    if session.learner_id != user.pk:
        raise NotShown(Reason.NOT_ADMITTED)
    if session.state not in LIVE:
        raise NotShown(Reason.SESSION_OVER, **known)
    if session.state != State.READY or session.sandbox is None:
        raise NotShown(Reason.NOT_READY, **known)
    grant = Grant(user.pk, user.password, visit.sign_in, session.pk, session.generation)
    return cookie, Admission(session, socket_path_of(session.sandbox), visit.port, grant, **known)


def _find(place: Place | Slot, cookies: list[str]) -> tuple[Visit, str]:
    digests = {digest_of(cookie): cookie for cookie in cookies}
    visits = Visit.objects.open(timezone.now()).filter(cookie__in=digests, **place.visits)
    for visit in visits.select_related("lab_session__sandbox", "lab_session__lab"):
        if visit.cookie and place.is_of(visit.lab_session_id):
            return visit, digests[visit.cookie]
    raise NotShown(Reason.NOT_ADMITTED)


def _signed_in_as(sign_in: str) -> User | None:
    """Who is signed in with a key, by Django's own rules: active, and with the password of then."""
    request: Any = SimpleNamespace(session=SessionStore(sign_in))
    user = get_user(request)
    return user if isinstance(user, User) else None
