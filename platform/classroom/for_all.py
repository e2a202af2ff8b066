"""What an instructor does for a whole class at once."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from audit.actions import NotPossible, record
from classroom.actions import NOTICE
from classroom.models import Announcement, Dismissal
from classroom.timing import MAX_WARM_UP
from cohorts.models import Cohort, Role
from cohorts.permissions import check_can_run
from courses.models import Lab, Lesson
from lab_sessions import events
from lab_sessions.actions import end_lab_session, extend_lab_session
from lab_sessions.environments import document_of
from lab_sessions.models import LabSession, LabSessionQuerySet, WarmUp
from lab_sessions.pool import sizes
from lab_sessions.transitions import State

MAX_TEXT = 500  # letters of an announcement: more is a lesson, and hides the one below
AHEAD = 14  # days that a warm-up may be planned before it begins


@transaction.atomic
def announce(*, by: User, cohort: Cohort, text: str, until: datetime, lesson_key: str = "") -> Announcement:
    """Show plain text to a class, at one lesson or at all. Raises PermissionDenied, NotPossible."""
    check_can_run(by, cohort)
    words = " ".join(text.split())
    if not words or len(words) > MAX_TEXT:
        raise NotPossible(_("Write between 1 and %(most)s letters.") % {"most": MAX_TEXT})
    if until <= timezone.now():
        raise NotPossible(_("This time is over already."))
    _check_lesson(cohort, lesson_key)
    row = Announcement.objects.create(cohort=cohort, lesson_key=lesson_key, text=words, by=by, until=until)
    record(by=by, action="announce", subject=row, cohort=cohort.pk, lesson=lesson_key, text=words)
    _tell_learners(cohort)
    return row


@transaction.atomic
def withdraw_announcement(*, by: User, announcement: Announcement) -> bool:
    """Take an announcement down; return False where it was. Raises PermissionDenied."""
    check_can_run(by, announcement.cohort)
    done = Announcement.objects.filter(pk=announcement.pk, withdrawn_at=None).update(withdrawn_at=timezone.now()) == 1
    if done:
        record(by=by, action="withdraw_announcement", subject=announcement, cohort=announcement.cohort_id)
        _tell_learners(announcement.cohort)
    return done


@transaction.atomic
def dismiss_announcement(*, by: User, announcement: Announcement) -> None:
    """Put an announcement away, for oneself. Of no interest to the record."""
    Dismissal.objects.get_or_create(announcement=announcement, user=by)


@transaction.atomic
def warm_up(
    *, by: User, cohort: Cohort, lesson_key: str, sandboxes: int, starts_at: datetime, ends_at: datetime
) -> WarmUp:
    """Ask for machines that wait for a lesson from a time until a time. Raises PermissionDenied, NotPossible."""
    check_can_run(by, cohort)
    now = timezone.now()
    lab = Lab.objects.current().filter(key=lesson_key, lesson__revision__course__cohorts=cohort).first()
    if lab is None:
        raise NotPossible(_("This class has no such lab."))
    _base, most = sizes(document_of(lab).profile)
    if not 0 < sandboxes <= most:
        raise NotPossible(_("Between 1 and %(most)s machines of this kind can wait.") % {"most": most})
    if not now < ends_at or ends_at <= starts_at or ends_at - starts_at > MAX_WARM_UP:
        hours = int(MAX_WARM_UP.total_seconds() // 3600)
        raise NotPossible(_("The end comes after the beginning, at most %(hours)s hours later.") % {"hours": hours})
    if (starts_at - now).days >= AHEAD:
        raise NotPossible(_("Plan this at most %(days)s days ahead.") % {"days": AHEAD})
    WarmUp.objects.planned(now).filter(
        cohort=cohort, lab_key=lesson_key, starts_at__lt=ends_at, ends_at__gt=starts_at
    ).update(cancelled_at=now)
    row = WarmUp.objects.create(
        cohort=cohort, lab_key=lesson_key, sandboxes=sandboxes, starts_at=starts_at, ends_at=ends_at, by=by
    )
    record(by=by, action="warm_up", subject=row, cohort=cohort.pk, lesson=lesson_key, sandboxes=sandboxes)
    return row


@transaction.atomic
def cancel_warm_up(*, by: User, wish: WarmUp) -> bool:
    """Withdraw a wish; return False where it was over. Raises PermissionDenied."""
    check_can_run(by, wish.cohort)
    now = timezone.now()
    done = WarmUp.objects.planned(now).filter(pk=wish.pk).update(cancelled_at=now) == 1
    if done:
        record(by=by, action="cancel_warm_up", subject=wish, cohort=wish.cohort_id)
    return done


def extend_all(*, by: User, cohort: Cohort, lesson_key: str = "") -> tuple[int, int]:
    """Give every running lab of a class more time; return how many got it, and how many could not."""
    check_can_run(by, cohort)
    given = refused = 0
    for session in sessions_of(cohort, lesson_key).filter(state=State.READY):
        try:
            extend_lab_session(by=by, session=session)
            given += 1
        except NotPossible:  # it ended a moment ago, or has had all its extensions
            refused += 1
    with transaction.atomic():
        record(by=by, action="extend_all", subject=cohort, lesson=lesson_key, given=given, refused=refused)
    return given, refused


def end_all(*, by: User, cohort: Cohort, lesson_key: str = "") -> int:
    """End every live lab of a class; return how many. What was passed stays passed."""
    check_can_run(by, cohort)
    reason = LabSession.Reason.STAFF
    ended = sum(
        end_lab_session(by=by, session=session, reason=reason) for session in sessions_of(cohort, lesson_key).live()
    )
    with transaction.atomic():
        record(by=by, action="end_all", subject=cohort, lesson=lesson_key, ended=ended)
    return ended


def sessions_of(cohort: Cohort, lesson_key: str = "") -> LabSessionQuerySet:
    """Return the lab sessions of a cohort's learners in its courses, of one lesson where it is given."""
    learners = cohort.enrolments.filter(role=Role.LEARNER).values("user")
    found = LabSession.objects.filter(learner__in=learners, lab__lesson__revision__course__in=cohort.courses.all())
    found = found.select_related("lab", "learner")
    return found.filter(lab_key=lesson_key) if lesson_key else found


def _check_lesson(cohort: Cohort, lesson_key: str) -> None:
    current = Lesson.objects.filter(revision=F("revision__course__current"), revision__course__cohorts=cohort)
    if lesson_key and not current.filter(key=lesson_key).exists():
        raise NotPossible(_("This class has no such lesson."))


def _tell_learners(cohort: Cohort) -> None:
    for learner_id in cohort.enrolments.filter(role=Role.LEARNER).values_list("user_id", flat=True):
        events.publish(learner_id, NOTICE)
