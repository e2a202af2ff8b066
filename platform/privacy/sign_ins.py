"""The sign-ins of a person. Django keeps whose they are inside of them, so all have to be looked at."""

from __future__ import annotations

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.models import Session

from accounts.models import User


def sign_ins_of(person: User) -> list[Session]:
    """Return the sign-ins that a person has, on all devices."""
    wanted = str(person.pk)
    return [row for row in Session.objects.iterator() if row.get_decoded().get(SESSION_KEY) == wanted]


def end_sign_ins(person: User) -> int:
    """Sign a person out everywhere; return on how many devices."""
    keys = [row.session_key for row in sign_ins_of(person)]
    Session.objects.filter(session_key__in=keys).delete()
    return len(keys)
