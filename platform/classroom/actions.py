"""Raising a hand, and looking over a learner's shoulder with their consent."""

from __future__ import annotations

from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from audit.actions import NotPossible, record
from classroom.models import Assistance, HelpRequest
from classroom.permissions import can_assist, can_stop, check_can_answer
from classroom.timing import ANSWER_WITHIN, ASSIST_FOR, HAND_FOR
from cohorts.models import Cohort
from cohorts.permissions import check_can_help
from lab_sessions import events
from lab_sessions.models import LabSession
from lab_sessions.permissions import check_can_learn
from lab_sessions.transitions import State

NOTICE = "class"  # the kind of every notice of this app: pages read again what they show


def raise_hand(*, by: User, lesson_key: str, exercise_key: str = "") -> HelpRequest:
    """Ask for help, or return the hand that is up already. Raises NotPossible for who learns in no class."""
    check_can_learn(by, lesson_key)
    if not Cohort.objects.learned_by(by).exists():
        raise NotPossible(_("You are in no class, so nobody would see your hand."))
    now = timezone.now()
    try:
        with transaction.atomic():
            HelpRequest.objects.filter(learner=by, done_at=None, until__lte=now).update(done_at=now)
            known = HelpRequest.objects.open(now).filter(learner=by).first()
            return known or _new_hand(by, lesson_key, exercise_key, now)
    except IntegrityError:
        # Another press won the race between the look and the insert; the constraint kept it to one.
        return HelpRequest.objects.get(learner=by, done_at=None)


@transaction.atomic
def take_hand(*, by: User, hand: HelpRequest) -> None:
    """Say "I come". Raises PermissionDenied; NotPossible where somebody else was faster or the hand is down."""
    check_can_help(by, hand.learner)
    now = timezone.now()
    if HelpRequest.objects.open(now).filter(pk=hand.pk, taken_by=by).exists():
        return
    if not HelpRequest.objects.open(now).filter(pk=hand.pk, taken_by=None).update(taken_by=by, taken_at=now):
        raise NotPossible(_("Somebody else is on their way already, or the hand is down."))
    record(by=by, action="take_hand", subject=hand, learner=hand.learner_id)
    events.publish(hand.learner_id, NOTICE)


@transaction.atomic
def lower_hand(*, by: User, hand: HelpRequest) -> bool:
    """Take a hand down: the learner's own, or as done by who teaches them. False where it was down already."""
    if by.pk != hand.learner_id:
        check_can_help(by, hand.learner)
    done = HelpRequest.objects.filter(pk=hand.pk, done_at=None).update(done_at=timezone.now()) == 1
    if done:
        record(by=by, action="lower_hand", subject=hand, learner=hand.learner_id)
        events.publish(hand.learner_id, NOTICE)
    return done


def ask_to_assist(*, by: User, session: LabSession, mode: Assistance.Mode) -> Assistance:
    """Ask a learner whether one may watch or type. Asking for the other way ends what was asked or agreed before.

    Raises PermissionDenied unless `by` teaches or assists them; NotPossible where the lab does not run.
    """
    if not can_assist(by, session.learner):
        raise PermissionDenied(_("This learner is in none of your classes."))
    if session.state != State.READY:
        raise NotPossible(_("This lab is not running now."))
    now = timezone.now()
    try:
        with transaction.atomic():
            known = Assistance.objects.filter(lab_session=session, by=by, ended_at=None).first()
            if known is not None and known.mode == mode and Assistance.objects.open(now).filter(pk=known.pk).exists():
                return known
            if known is not None:
                close_assistance(assistance=known, ending=Assistance.End.LEFT, by=by, now=now)
            row = Assistance.objects.create(
                lab_session=session, by=by, mode=mode, asked_at=now, expires_at=now + ANSWER_WITHIN
            )
            record(by=by, action="ask_to_assist", subject=row, learner=session.learner_id, mode=str(mode))
            _tell(row)
            return row
    except IntegrityError:
        # A second press at the same moment; the constraint kept it to one.
        return Assistance.objects.get(lab_session=session, by=by, ended_at=None)


@transaction.atomic
def grant_assistance(*, by: User, assistance: Assistance) -> None:
    """Let who asked watch or type, for a while. Raises PermissionDenied; NotPossible where the question is over."""
    check_can_answer(by, assistance)
    now = timezone.now()
    asked = Assistance.objects.open(now).filter(pk=assistance.pk, granted_at=None)
    if not asked.update(granted_at=now, expires_at=now + ASSIST_FOR):
        raise NotPossible(_("This question is over. Your instructor can ask again."))
    record(by=by, action="grant_assistance", subject=assistance, helper=assistance.by_id, mode=assistance.mode)
    _tell(assistance)


def end_assistance(*, by: User, assistance: Assistance) -> bool:
    """Refuse, stop or leave; return False where it was over. Raises PermissionDenied for anybody else."""
    if not can_stop(by, assistance):
        raise PermissionDenied(_("This lab session belongs to somebody else."))
    ending = Assistance.End.LEFT
    if by.pk == assistance.lab_session.learner_id:
        ending = Assistance.End.STOPPED if assistance.is_granted else Assistance.End.REFUSED
    return close_assistance(assistance=assistance, ending=ending, by=by, now=timezone.now())


@transaction.atomic
def close_assistance(*, assistance: Assistance, ending: Assistance.End, by: User | None, now: datetime) -> bool:
    """End it, for whatever reason; `by` is None for the platform. Asks nobody's permission: callers do."""
    ended = Assistance.objects.filter(pk=assistance.pk, ended_at=None).update(ended_at=now, ending=ending) == 1
    if ended:
        record(
            by=by,
            action="end_assistance",
            subject=assistance,
            learner=assistance.lab_session.learner_id,
            helper=assistance.by_id,
            ending=str(ending),
            granted=assistance.is_granted,
        )
        _tell(assistance)
    return ended


def _new_hand(by: User, lesson_key: str, exercise_key: str, now: datetime) -> HelpRequest:
    hand = HelpRequest.objects.create(
        learner=by, lesson_key=lesson_key, exercise_key=exercise_key, asked_at=now, until=now + HAND_FOR
    )
    record(by=by, action="raise_hand", subject=hand, lesson=lesson_key)
    events.publish(by.pk, NOTICE)
    return hand


def _tell(assistance: Assistance) -> None:
    events.publish(assistance.lab_session.learner_id, NOTICE)
    events.publish(assistance.by_id, NOTICE)
