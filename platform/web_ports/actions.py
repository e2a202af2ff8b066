"""Opening a port: issuing a ticket on the platform, exchanging it on the lab's own origin."""

import secrets
from collections.abc import Sequence

from django.core.exceptions import ObjectDoesNotExist, PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.models import User
from audit.actions import NotPossible, record
from content.values import substitute
from lab_sessions.environments import document_of
from lab_sessions.models import LabSession
from lab_sessions.permissions import check_can_use
from lab_sessions.transitions import State
from web_ports.limits import FREE_PORTS, VISITS_PER_LAB_SESSION
from web_ports.models import Visit, digest_of
from web_ports.names import Place
from web_ports.refusals import NotShown, Reason
from web_ports.slots import Slot

SECRET_BYTES = 32


def issue_ticket(
    *, by: User, session: LabSession, port: int, sign_in: str, back: str, listener: int | None = None
) -> str:
    """Let `by`, in the sign-in of that key, open a port of a ready lab session; return the ticket.

    `back` is the address of the lesson, `listener` the site's port that it is shown on where it has no name.

    Raises NotPossible, and PermissionDenied where the session is not theirs.
    """
    check_can_use(by, session)
    if session.learner_id != by.pk:
        raise PermissionDenied(_("This lab session belongs to somebody else."))
    if session.state != State.READY:
        raise NotPossible(_("The lab is not running, so none of its ports can be opened."))
    if port not in FREE_PORTS and port not in declared_ports(session):
        raise NotPossible(
            _("Ports that can be opened have numbers from %(first)s to %(last)s.")
            % {"first": FREE_PORTS.start, "last": FREE_PORTS.stop - 1}
        )
    ticket = secrets.token_urlsafe(SECRET_BYTES)
    with transaction.atomic():
        _make_room(session)
        Visit.objects.create(
            lab_session=session,
            visitor=by,
            sign_in=sign_in,
            port=port,
            listener=listener,
            ticket=digest_of(ticket),
            language=get_language() or "",
            back=back,
        )
        record(by=by, action="open_port", subject=session, port=port)
    return ticket


def choose_listener(*, sign_in: str, session: LabSession, port: int, listeners: Sequence[int]) -> int:
    """The port of the site where a browser sees a port of a lab: where it saw it before, else the one unused longest.

    Two that one person opens in the same moment may get the same; the later one is shown then.
    """
    opened = Visit.objects.filter(sign_in=sign_in, listener__in=listeners).order_by("created_at")
    last = {visit.listener: visit for visit in opened}
    for listener, visit in last.items():
        if listener is not None and (visit.lab_session_id, visit.port) == (session.pk, port):
            return listener
    never = [listener for listener in listeners if listener not in last]
    return never[0] if never else min(listeners, key=lambda listener: last[listener].created_at)


def redeem_ticket(*, place: Place | Slot, ticket: str) -> str:
    """Exchange a ticket, once, for the secret of a cookie that opens `place`. Raises NotShown."""
    now = timezone.now()
    try:
        visit = Visit.objects.issued(now).get(ticket=digest_of(ticket), **place.visits)
    except ObjectDoesNotExist:
        raise NotShown(Reason.BAD_TICKET) from None
    if not place.is_of(visit.lab_session_id):
        raise NotShown(Reason.BAD_TICKET)
    cookie = secrets.token_urlsafe(SECRET_BYTES)
    # Compare and swap: of two that bring the same ticket, one is too late.
    if not Visit.objects.issued(now).filter(pk=visit.pk).update(redeemed_at=now, cookie=digest_of(cookie)):
        raise NotShown(Reason.BAD_TICKET)
    return cookie


def declared_ports(session: LabSession) -> list[int]:
    """The ports that the lab's author named, with the session's own values in them."""
    written = (substitute(each.port, session.values) for each in document_of(session.lab).ports)
    return [int(port) for port in written if port.isascii() and port.isdigit()]


def _make_room(session: LabSession) -> None:
    """Forget what will never open anything again, and the oldest of too many."""
    Visit.objects.spent(timezone.now()).delete()
    kept = session.visits.order_by("-created_at").values_list("pk", flat=True)[: VISITS_PER_LAB_SESSION - 1]
    session.visits.exclude(pk__in=list(kept)).delete()
