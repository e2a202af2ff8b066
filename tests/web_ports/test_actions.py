"""Tickets: who gets one, and that it works once."""

from datetime import timedelta

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from audit.actions import NotPossible
from audit.models import Entry
from lab_sessions.transitions import State
from tests.web_ports.conftest import ready
from web_ports.actions import issue_ticket, redeem_ticket
from web_ports.limits import TICKET_SECONDS, VISITS_PER_LAB_SESSION
from web_ports.models import Visit, digest_of
from web_ports.names import place_of
from web_ports.refusals import NotShown, Reason


def ticket_for(session, port=8080, by=None) -> str:
    return issue_ticket(by=by or session.learner, session=session, port=port, sign_in="key", back="http://localhost/l/")


def test_a_ticket_becomes_a_cookie(session) -> None:
    ticket = ticket_for(session)

    cookie = redeem_ticket(place=place_of(session.pk, 8080), ticket=ticket)

    visit = Visit.objects.get()
    assert (visit.ticket, visit.cookie) == (digest_of(ticket), digest_of(cookie))
    assert ticket not in str(vars(visit))
    assert cookie not in str(vars(visit))


def test_it_is_on_the_record(session, alice) -> None:
    ticket_for(session)

    entry = Entry.objects.get()
    assert (entry.actor, entry.action, entry.subject_id, entry.details) == (
        alice,
        "open_port",
        str(session.pk),
        {"port": 8080},
    )


@pytest.mark.abuse
def test_a_ticket_works_once(session) -> None:
    place, ticket = place_of(session.pk, 8080), ticket_for(session)
    redeem_ticket(place=place, ticket=ticket)

    with pytest.raises(NotShown) as refused:
        redeem_ticket(place=place, ticket=ticket)

    assert refused.value.reason == Reason.BAD_TICKET


@pytest.mark.abuse
def test_a_ticket_works_in_one_place_only(session, lab, bob) -> None:
    other = ready(lab, bob)
    ticket = ticket_for(session)

    for place in (place_of(session.pk, 8081), place_of(other.pk, 8080)):
        with pytest.raises(NotShown):
            redeem_ticket(place=place, ticket=ticket)

    assert redeem_ticket(place=place_of(session.pk, 8080), ticket=ticket)


def test_a_ticket_does_not_wait(session) -> None:
    ticket = ticket_for(session)

    with time_machine.travel(timezone.now() + timedelta(seconds=TICKET_SECONDS + 1)), pytest.raises(NotShown):
        redeem_ticket(place=place_of(session.pk, 8080), ticket=ticket)


@pytest.mark.parametrize("ticket", ["", "x" * 43, "\0", "é"])
def test_what_is_no_ticket_opens_nothing(session, ticket: str) -> None:
    ticket_for(session)

    with pytest.raises(NotShown):
        redeem_ticket(place=place_of(session.pk, 8080), ticket=ticket)


@pytest.mark.parametrize("port", [1024, 65_535, 8765, 80])
def test_free_ports_and_declared_ones_can_be_opened(session, port: int) -> None:
    assert ticket_for(session, port)


@pytest.mark.parametrize("port", [1, 22, 443, 1023])
def test_other_low_ports_cannot(session, port: int) -> None:
    with pytest.raises(NotPossible, match="1024"):
        ticket_for(session, port)

    assert not Visit.objects.exists()


@pytest.mark.abuse
@pytest.mark.parametrize("who", ["bob", "ivy", "root"])
def test_nobody_else_gets_a_ticket(session, request, who: str) -> None:
    with pytest.raises(PermissionDenied):
        ticket_for(session, by=request.getfixturevalue(who))


@pytest.mark.parametrize("state", [State.STARTING, State.ENDING, State.ENDED])
def test_only_a_running_lab_has_ports(lab, alice, state: State) -> None:
    session = ready(lab, alice, state=state)

    with pytest.raises(NotPossible):
        ticket_for(session)


def test_rows_do_not_pile_up(session, lab, bob) -> None:
    other = ticket_for(ready(lab, bob))
    tickets = [ticket_for(session) for _ in range(VISITS_PER_LAB_SESSION + 3)]

    assert session.visits.count() == VISITS_PER_LAB_SESSION
    assert redeem_ticket(place=place_of(session.pk, 8080), ticket=tickets[-1])
    assert Visit.objects.filter(ticket=digest_of(other)).exists()
    with time_machine.travel(timezone.now() + timedelta(days=1)):
        ticket_for(session)
        assert Visit.objects.count() == 1
