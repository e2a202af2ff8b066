"""Who may see a lab origin: only the browser that the ticket was for, and only as long as its sign-in and lab last."""

import pytest
from django.contrib.sessions.models import Session

from accounts.models import User
from lab_sessions.models import LabSession
from lab_sessions.transitions import State
from sandboxes.lifecycle import socket_path_of
from tests.web_ports.conftest import ready, sign_in_of
from web_ports.access import Desk, look_up
from web_ports.actions import issue_ticket, redeem_ticket
from web_ports.names import Place, place_of
from web_ports.refusals import NotShown, Reason

pytestmark = pytest.mark.abuse
BACK = "http://localhost/lesson/"


def visit(session: LabSession, port: int = 8080) -> tuple[Place, str, str]:
    """The place, the cookie, and the sign-in of somebody who has just opened a port."""
    place, sign_in = place_of(session.pk, port), sign_in_of(session.learner)
    ticket = issue_ticket(by=session.learner, session=session, port=port, sign_in=sign_in, back=BACK)
    return place, redeem_ticket(place=place, ticket=ticket), sign_in


def refusal(place: Place, *cookies: str) -> NotShown:
    with pytest.raises(NotShown) as refused:
        look_up(place, list(cookies))
    return refused.value


def test_the_visitor_is_led_to_the_own_sandbox(session) -> None:
    place, cookie, sign_in = visit(session)

    found, admission = look_up(place, ["x" * 43, cookie])

    assert found == cookie
    assert admission.session == session
    assert admission.socket_path == socket_path_of(session.sandbox)
    assert (admission.grant.sign_in, admission.grant.lab_session) == (sign_in, session.pk)
    assert admission.back == BACK


def test_a_cookie_opens_no_other_port_and_no_other_lab(session, lab, bob) -> None:
    _, cookie, _ = visit(session)
    other = ready(lab, bob)
    visit(other)

    assert refusal(place_of(session.pk, 8081), cookie).reason == Reason.NOT_ADMITTED
    assert refusal(place_of(other.pk, 8080), cookie).reason == Reason.NOT_ADMITTED
    assert refusal(place_of(session.pk, 8080)).reason == Reason.NOT_ADMITTED


def test_a_ticket_is_no_cookie(session) -> None:
    ticket = issue_ticket(by=session.learner, session=session, port=8080, sign_in="key", back=BACK)

    assert refusal(place_of(session.pk, 8080), ticket).reason == Reason.NOT_ADMITTED


def test_signing_out_ends_it(session) -> None:
    place, cookie, sign_in = visit(session)

    Session.objects.filter(pk=sign_in).delete()

    refused = refusal(place, cookie)
    assert (refused.reason, refused.back) == (Reason.SIGNED_OUT, BACK)


def test_a_disabled_account_ends_it(session, alice) -> None:
    place, cookie, _ = visit(session)

    User.objects.filter(pk=alice.pk).update(is_active=False)

    assert refusal(place, cookie).reason == Reason.SIGNED_OUT


def test_a_new_password_ends_it(session, alice) -> None:
    place, cookie, _ = visit(session)

    alice.set_password("another-password")
    alice.save()

    assert refusal(place, cookie).reason == Reason.SIGNED_OUT


def test_another_person_in_the_same_browser_ends_it(session, bob) -> None:
    place, cookie, sign_in = visit(session)

    Session.objects.filter(pk=sign_in).update(session_data=Session.objects.get(pk=sign_in_of(bob)).session_data)

    assert refusal(place, cookie).reason == Reason.SIGNED_OUT


@pytest.mark.parametrize(
    ("state", "reason"),
    [
        (State.STARTING, Reason.NOT_READY),
        (State.ENDING, Reason.SESSION_OVER),
        (State.ENDED, Reason.SESSION_OVER),
    ],
)
def test_it_lasts_as_long_as_the_lab(session, state: State, reason: Reason) -> None:
    place, cookie, _ = visit(session)

    LabSession.objects.filter(pk=session.pk).update(state=state)

    assert refusal(place, cookie).reason == reason


@pytest.mark.django_db(transaction=True)
async def test_a_yes_counts_for_a_moment(session, monkeypatch) -> None:
    asked: list[list[str]] = []
    admitted = object()

    def answer(place: Place, cookies: list[str]) -> tuple[str, object]:
        asked.append(cookies)
        return cookies[0], admitted

    monkeypatch.setattr("web_ports.access.look_up", answer)
    desk = Desk(seconds=60)
    place = place_of(session.pk, 8080)

    assert await desk.admit(place, ["a" * 43]) is admitted
    assert await desk.admit(place, ["b" * 43, "a" * 43]) is admitted
    assert len(asked) == 1
    await desk.admit(place_of(session.pk, 8081), ["a" * 43])
    assert len(asked) == 2


@pytest.mark.django_db(transaction=True)
async def test_an_old_yes_is_asked_again(session, monkeypatch) -> None:
    asked: list[Place] = []

    def answer(place: Place, cookies: list[str]) -> tuple[str, object]:
        asked.append(place)
        return cookies[0], object()

    monkeypatch.setattr("web_ports.access.look_up", answer)
    desk = Desk(seconds=0)

    for _ in range(3):
        await desk.admit(place_of(session.pk, 8080), ["a" * 43])

    assert len(asked) == 3
