"""Who is being served: known to every log line that is written meanwhile, by number and never by name.

Also keeps out of the logs what must not be in them. Addresses are logged as routes (`join/<str:token>/`), since a path
may hold a secret; of what libraries attach to a record only what is listed here goes on.
"""

from __future__ import annotations

import logging
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

NO_ROUTE = "(no route)"


@dataclass
class Acting:
    """One request or socket. Filled in as more becomes known, so threads that serve it share the object."""

    request: str
    user: str = ""
    session: str = ""
    route: str = NO_ROUTE


_acting: ContextVar[Acting | None] = ContextVar("who is being served", default=None)


def begin(request: str) -> Acting:
    """From here on, in this context, log lines belong to a request."""
    acting = Acting(request)
    _acting.set(acting)
    return acting


def note(*, user: object = "", session: object = "", route: str = "") -> None:
    """Add what became known. Does nothing where nobody is being served."""
    acting = _acting.get()
    if acting is not None:
        acting.user = str(user or acting.user)
        acting.session = str(session or acting.session)
        acting.route = route or acting.route


_STANDARD = frozenset(logging.LogRecord("", 0, "", 0, "", None, None).__dict__) | {"message", "asctime", "taskName"}
# What a record may carry beside: the figures of the access log.
_OWN = frozenset({"method", "route", "status", "milliseconds"})
# Loggers of Django's whose second argument is the path of a request.
_WITH_PATH = frozenset({"django.request", "django.security.csrf"})


class ActingFilter(logging.Filter):
    """Adds `request_id`, `user_id`, `session_id` and their short form `acting`; takes away what may hold secrets."""

    def filter(self, record: logging.LogRecord) -> bool:
        acting = _acting.get() or Acting("")
        if record.name in _WITH_PATH:
            record.args = _without_path(record, acting.route)
        for name in record.__dict__.keys() - _STANDARD - _OWN:
            del record.__dict__[name]
        record.request_id, record.user_id, record.session_id = acting.request, acting.user, acting.session
        known = {"request": acting.request, "user": acting.user, "session": acting.session}
        said = " ".join(f"{name}={value}" for name, value in known.items() if value)
        record.acting = f" [{said}]" if said else ""
        return True


def _without_path(record: logging.LogRecord, route: str) -> Any:
    path = getattr(getattr(record, "request", None), "path", None)
    if path is None or not isinstance(record.args, tuple):
        return record.args
    return tuple(route if argument == path else argument for argument in record.args)
