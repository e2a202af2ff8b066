"""Why something is not shown: what our own pages on a lab origin say."""

from enum import StrEnum
from http import HTTPStatus


class Reason(StrEnum):
    """Each has its sentences in `templates/web_ports/`."""

    NO_SUCH_PLACE = "no_such_place"  # the host name is none of ours
    NOT_ADMITTED = "not_admitted"  # no cookie, or one that opens nothing here
    BAD_TICKET = "bad_ticket"  # used, too old, or never issued
    SIGNED_OUT = "signed_out"  # the sign-in that opened it is over
    SESSION_OVER = "session_over"
    NOT_READY = "not_ready"  # the lab session gets its machine just now
    NOTHING_LISTENS = "nothing_listens"
    HUNG_UP = "hung_up"  # something accepted the connection and closed it without a word
    NOT_HTTP = "not_http"  # what listens does not speak it
    NO_ANSWER = "no_answer"  # it accepted and then said nothing for too long
    TOO_MANY = "too_many"  # every stream of the lab session is in use
    OTHER_LAB = "other_lab"  # a page of another lab asks
    BAD_REQUEST = "bad_request"  # what no browser sends


STATUS: dict[Reason, HTTPStatus] = {
    Reason.NO_SUCH_PLACE: HTTPStatus.NOT_FOUND,
    Reason.NOT_ADMITTED: HTTPStatus.FORBIDDEN,
    Reason.BAD_TICKET: HTTPStatus.FORBIDDEN,
    Reason.SIGNED_OUT: HTTPStatus.FORBIDDEN,
    Reason.SESSION_OVER: HTTPStatus.GONE,
    Reason.NOT_READY: HTTPStatus.SERVICE_UNAVAILABLE,
    Reason.NOTHING_LISTENS: HTTPStatus.BAD_GATEWAY,
    Reason.HUNG_UP: HTTPStatus.BAD_GATEWAY,
    Reason.NOT_HTTP: HTTPStatus.BAD_GATEWAY,
    Reason.NO_ANSWER: HTTPStatus.GATEWAY_TIMEOUT,
    Reason.TOO_MANY: HTTPStatus.SERVICE_UNAVAILABLE,
    Reason.OTHER_LAB: HTTPStatus.FORBIDDEN,
    Reason.BAD_REQUEST: HTTPStatus.BAD_REQUEST,
}


class NotShown(Exception):
    """One of our own pages is to be shown. `language` and `back` (the lesson's address) are known of visitors."""

    def __init__(self, reason: Reason, *, language: str = "", back: str = "") -> None:
        super().__init__(reason.value)
        self.reason = reason
        self.language = language
        self.back = back
