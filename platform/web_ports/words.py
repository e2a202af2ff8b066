"""What our pages on a lab origin say: what happened, and what to do."""

from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from web_ports.refusals import Reason

_WORDS: Final[dict[Reason, tuple[str, str]]] = {
    Reason.NOTHING_LISTENS: (
        gettext_noop("Nothing listens on port %(port)s yet"),
        gettext_noop(
            "Start your program or your container in the lab's terminal. It has to listen on this port of the machine."
        ),
    ),
    Reason.HUNG_UP: (
        gettext_noop("Port %(port)s closed the connection without an answer"),
        gettext_noop("If it is a container, compare the port you published with the one its program listens on."),
    ),
    Reason.NOT_HTTP: (
        gettext_noop("What listens on port %(port)s does not speak HTTP"),
        gettext_noop("A browser can show web servers only. Try another program from the terminal."),
    ),
    Reason.NO_ANSWER: (
        gettext_noop("Port %(port)s does not answer"),
        gettext_noop("The program took the request and then said nothing. See what its terminal shows."),
    ),
    Reason.TOO_MANY: (
        gettext_noop("Too many connections to this lab at once"),
        gettext_noop("Close some of its tabs, or wait until their downloads are done."),
    ),
    Reason.NOT_READY: (
        gettext_noop("The lab's machine is not there just now"),
        gettext_noop("It is being started afresh, or does not answer for a moment."),
    ),
    Reason.SESSION_OVER: (
        gettext_noop("The lab has ended"),
        gettext_noop("The machine and its programs are gone. You can start the lab again from its lesson."),
    ),
    Reason.SIGNED_OUT: (
        gettext_noop("You are no longer signed in"),
        gettext_noop("Sign in again, then open the port once more from the lesson."),
    ),
    Reason.BAD_TICKET: (
        gettext_noop("This way in works once, and was used or is too old"),
        gettext_noop("Go back to the lesson and open the port once more."),
    ),
    Reason.NOT_ADMITTED: (
        gettext_noop("Open this from your lab"),
        gettext_noop("The address belongs to a lab session. If it is yours, open the port from the lesson's page."),
    ),
    Reason.OTHER_LAB: (
        gettext_noop("Labs do not see each other"),
        gettext_noop("A page from elsewhere asked for something of this lab session."),
    ),
    Reason.NO_SUCH_PLACE: (
        gettext_noop("There is no lab at this address"),
        gettext_noop("Open the port from the lesson's page, which knows the address."),
    ),
    Reason.BAD_REQUEST: (
        gettext_noop("The server did not understand the request"),
        gettext_noop("Open the port once more from the lesson's page."),
    ),
}


def heading_of(reason: Reason, port: int | None) -> str:
    """What happened, in the active language."""
    return _(_WORDS[reason][0]) % {"port": port or ""}


def advice_of(reason: Reason) -> str:
    """What to do, in the active language."""
    return _(_WORDS[reason][1])
