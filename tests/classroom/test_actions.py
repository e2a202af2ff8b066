from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils import timezone

from audit.actions import NotPossible
from audit.models import Entry
from classroom.actions import (
    ask_to_assist,
    end_assistance,
    grant_assistance,
    lower_hand,
    raise_hand,
    take_hand,
)
from classroom.models import Assistance, HelpRequest
from classroom.steps import close_lapsed_assistance
from classroom.timing import ASSIST_FOR
from cohorts.models import Enrolment, Role
from lab_sessions.models import LabSession
from lab_sessions.transitions import State

WATCH, HELP = Assistance.Mode.WATCH, Assistance.Mode.HELP


def actions_of(user) -> list[str]:
    return list(Entry.objects.filter(actor=user).order_by("pk").values_list("action", flat=True))


@pytest.fixture
def session(world, cohort, alice) -> LabSession:
    return world.session(alice)


@pytest.fixture
def standing(session, alice, ana) -> Assistance:
    """Alice lets Ana watch."""
    row = ask_to_assist(by=ana, session=session, mode=WATCH)
    grant_assistance(by=alice, assistance=row)
    row.refresh_from_db()
    return row


def stands(row: Assistance) -> bool:
    return Assistance.objects.standing(timezone.now()).filter(pk=row.pk).exists()


def test_a_hand_is_raised_once_and_known(world, cohort, alice, told):
    first = raise_hand(by=alice, lesson_key=world.lesson.key, exercise_key=world.task.key)
    again = raise_hand(by=alice, lesson_key=world.lesson.key)

    assert first == again
    assert actions_of(alice) == ["raise_hand"]
    assert told == [alice.pk]


def test_who_learns_in_no_class_is_told_so(world, bob):
    with pytest.raises(NotPossible, match="ningún grupo"):
        raise_hand(by=bob, lesson_key=world.lesson.key)


def test_a_hand_that_sank_can_be_raised_again(world, cohort, alice):
    old = raise_hand(by=alice, lesson_key=world.lesson.key)
    HelpRequest.objects.update(until=timezone.now() - timedelta(seconds=1))

    new = raise_hand(by=alice, lesson_key=world.lesson.key)

    assert new != old


def test_the_database_keeps_one_hand(world, cohort, alice):
    raise_hand(by=alice, lesson_key=world.lesson.key)
    now = timezone.now()

    with pytest.raises(IntegrityError), transaction.atomic():
        HelpRequest.objects.create(learner=alice, lesson_key="a/b/c", asked_at=now, until=now)


def test_assistants_come_and_others_find_the_hand_taken(world, cohort, alice, ana, pau):
    hand = raise_hand(by=alice, lesson_key=world.lesson.key)

    take_hand(by=pau, hand=hand)
    take_hand(by=pau, hand=hand)  # a second press

    hand.refresh_from_db()
    assert hand.taken_by == pau
    with pytest.raises(NotPossible):
        take_hand(by=ana, hand=hand)
    assert actions_of(pau) == ["take_hand"]


def test_the_learner_and_the_staff_take_a_hand_down_and_nobody_else(world, cohort, elsewhere, alice, ana, bob, ivy):
    hand = raise_hand(by=alice, lesson_key=world.lesson.key)

    for stranger in (bob, ivy):
        with pytest.raises(PermissionDenied):
            lower_hand(by=stranger, hand=hand)
        with pytest.raises(PermissionDenied):
            take_hand(by=stranger, hand=hand)

    assert lower_hand(by=ana, hand=hand)
    assert not lower_hand(by=alice, hand=hand)


@pytest.mark.abuse
@pytest.mark.parametrize("who", ["bob", "ivy", "alice"])
def test_only_who_teaches_the_learner_can_ask(session, elsewhere, who, request):
    with pytest.raises(PermissionDenied):
        ask_to_assist(by=request.getfixturevalue(who), session=session, mode=WATCH)

    assert not Assistance.objects.exists()


@pytest.mark.abuse
@pytest.mark.parametrize("who", ["bob", "ivy", "ana", "pau", "root"])
def test_nobody_consents_for_the_learner(session, elsewhere, ana, who, request):
    row = ask_to_assist(by=ana, session=session, mode=WATCH)

    with pytest.raises(PermissionDenied):
        grant_assistance(by=request.getfixturevalue(who), assistance=row)

    assert not stands(row)


def test_consent_makes_it_stand_for_a_while_and_is_written_down(session, alice, ana):
    row = ask_to_assist(by=ana, session=session, mode=HELP)
    assert not stands(row)

    grant_assistance(by=alice, assistance=row)

    row.refresh_from_db()
    assert stands(row)
    assert row.expires_at <= timezone.now() + ASSIST_FOR
    assert not Assistance.objects.standing(timezone.now() + ASSIST_FOR).exists()
    assert actions_of(ana) == ["ask_to_assist"]
    assert actions_of(alice) == ["grant_assistance"]


def test_asking_twice_asks_once_and_asking_for_more_ends_what_stood(standing, session, ana):
    assert ask_to_assist(by=ana, session=session, mode=WATCH) == standing

    more = ask_to_assist(by=ana, session=session, mode=HELP)

    assert more != standing
    assert not stands(standing)
    assert not stands(more)


@pytest.mark.parametrize(("who", "ending"), [("alice", "stopped"), ("ana", "left")])
def test_both_can_stop_it(standing, who, ending, request):
    assert end_assistance(by=request.getfixturevalue(who), assistance=standing)

    standing.refresh_from_db()
    assert standing.ending == ending
    assert not stands(standing)
    assert Entry.objects.filter(action="end_assistance").count() == 1


def test_a_refused_question_cannot_be_granted_later(session, alice, ana):
    row = ask_to_assist(by=ana, session=session, mode=WATCH)
    end_assistance(by=alice, assistance=row)

    with pytest.raises(NotPossible):
        grant_assistance(by=alice, assistance=row)


def test_nobody_else_can_stop_it(standing, pau, bob):
    for stranger in (pau, bob):
        with pytest.raises(PermissionDenied):
            end_assistance(by=stranger, assistance=standing)


def test_a_lab_that_does_not_run_cannot_be_seen(world, cohort, alice, ana):
    queued = world.session(alice, State.QUEUED)

    with pytest.raises(NotPossible):
        ask_to_assist(by=ana, session=queued, mode=WATCH)


def _lose_role(standing):
    Enrolment.objects.filter(user=standing.by).update(role=Role.LEARNER)


def _leave_class(standing):
    Enrolment.objects.filter(user=standing.lab_session.learner).delete()


def _archive(standing):
    Enrolment.objects.get(user=standing.by).cohort.__class__.objects.update(archived_at=timezone.now())


def _disable(standing):
    standing.by.__class__.objects.filter(pk=standing.by_id).update(is_active=False)


def _end_lab(standing):
    LabSession.objects.update(state=State.ENDING)


def _expire(standing):
    Assistance.objects.update(expires_at=timezone.now())


@pytest.mark.abuse
@pytest.mark.parametrize("change", [_lose_role, _leave_class, _archive, _disable, _end_lab, _expire])
def test_it_stands_only_while_everything_does_that_it_rests_on(standing, change):
    assert stands(standing)
    assert close_lapsed_assistance(timezone.now()) == 0

    change(standing)

    assert not stands(standing)
    assert close_lapsed_assistance(timezone.now()) == 1
    standing.refresh_from_db()
    assert standing.ending == Assistance.End.OVER
    assert Entry.objects.get(action="end_assistance").actor is None


def test_an_admin_may_ask_where_somebody_learns(session, alice, root):
    row = ask_to_assist(by=root, session=session, mode=WATCH)
    grant_assistance(by=alice, assistance=row)

    assert stands(row)


def test_the_database_keeps_one_open_assistance(standing, session, ana):
    with pytest.raises(IntegrityError), transaction.atomic():
        Assistance.objects.create(
            lab_session=session, by=ana, mode=HELP, asked_at=timezone.now(), expires_at=timezone.now()
        )
