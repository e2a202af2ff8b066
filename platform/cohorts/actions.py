"""Everything that people do with cohorts and with who is in them."""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from audit.actions import NotPossible, record
from audit.models import Entry
from cohorts.codes import clean_code, draw_code
from cohorts.models import Cohort, Enrolment, LessonRule, RevealedSolution, Role
from cohorts.permissions import check_can_create, check_can_enrol, check_can_run
from cohorts.roster import read_roster
from cohorts.roster_plan import Fate, Plan, Planned, plan_roster
from courses.models import Course, Exercise

# What `change_cohort` may set; everything else of a cohort has an action of its own.
CHANGEABLE = frozenset({
    "name", "starts_on", "ends_on", "join_until", "max_sessions", "max_minutes_a_day", "profiles", "solutions",
    "solutions_at", "late_percent",
})  # fmt: skip

# Wrong codes that one person may try in a while. A code is one of 113 million, so this is for whoever mistypes.
JOIN_TRIES = 10
JOIN_WINDOW = timedelta(minutes=10)


@transaction.atomic
def create_cohort(*, by: User, name: str, courses: Iterable[Course] = (), **settings: Any) -> Cohort:
    """Make a cohort whose instructor is `by`. Raises PermissionDenied, ValidationError for impossible settings."""
    check_can_create(by)
    cohort = Cohort(name=name, **{key: value for key, value in settings.items() if key in CHANGEABLE})
    cohort.full_clean()
    cohort.save()
    cohort.courses.set(courses)
    Enrolment.objects.create(cohort=cohort, user=by, role=Role.INSTRUCTOR)
    record(by=by, action="create_cohort", subject=cohort, name=name)
    return cohort


@transaction.atomic
def change_cohort(*, by: User, cohort: Cohort, courses: Iterable[Course] | None = None, **settings: Any) -> None:
    """Change settings of a cohort, and its courses where they are given. Raises PermissionDenied, ValidationError."""
    check_can_run(by, cohort)
    changed = {key: value for key, value in settings.items() if key in CHANGEABLE and getattr(cohort, key) != value}
    for key, value in changed.items():
        setattr(cohort, key, value)
    cohort.full_clean()
    cohort.save(update_fields=list(changed) or None)
    if courses is not None:
        cohort.courses.set(courses)
    record(by=by, action="change_cohort", subject=cohort, changed=sorted(changed))


@transaction.atomic
def archive_cohort(*, by: User, cohort: Cohort) -> bool:
    """Put a cohort away: nobody learns in it any more, and all that was done in it stays. False where it was done."""
    check_can_run(by, cohort)
    done = Cohort.objects.active().filter(pk=cohort.pk).update(archived_at=timezone.now(), join_until=None) == 1
    if done:
        record(by=by, action="archive_cohort", subject=cohort)
    return done


@transaction.atomic
def reopen_cohort(*, by: User, cohort: Cohort) -> bool:
    """Take a cohort out of the archive; return False where it was not in it."""
    check_can_run(by, cohort)
    done = Cohort.objects.filter(pk=cohort.pk, archived_at__isnull=False).update(archived_at=None) == 1
    if done:
        record(by=by, action="reopen_cohort", subject=cohort)
    return done


@transaction.atomic
def enrol(*, by: User, cohort: Cohort, user: User, role: Role = Role.LEARNER) -> Enrolment:
    """Put `user` into the cohort, or return the enrolment they have, whatever its role. Raises PermissionDenied."""
    check_can_run(by, cohort)
    check_can_enrol(by, user, role)
    enrolment, new = Enrolment.objects.get_or_create(cohort=cohort, user=user, defaults={"role": role})
    if new:
        record(by=by, action="enrol", subject=enrolment, cohort=cohort.pk, user=user.pk, role=str(role))
    return enrolment


def import_roster(*, by: User, cohort: Cohort, text: str, digest: str) -> Plan:
    """Put the people of a list into the cohort, all or nobody, and return what was done.

    `digest` is that of the plan that `by` confirmed. New accounts have no password: learners get slips with PINs
    (`cohorts.credentials`). Raises PermissionDenied, UnreadableRoster; NotPossible where lines are wrong, or where
    something else would be done by now.
    """
    try:
        with transaction.atomic():
            return _import_roster(by, cohort, text, digest)
    except IntegrityError as error:
        raise NotPossible(_plan_changed()) from error


def join_cohort(*, by: User, code: str) -> Enrolment:
    """Enrol oneself as a learner with a class code.

    Raises NotPossible for a code that is unknown or lets nobody in, and for who tries one code after the other.
    """
    since = timezone.now() - JOIN_WINDOW
    if Entry.objects.filter(actor=by, action="join_refused", at__gt=since).count() >= JOIN_TRIES:
        raise NotPossible(_("Too many codes were wrong. Wait ten minutes, and ask your instructor for the right one."))
    cohort = Cohort.objects.active().filter(join_code=clean_code(code)).first()
    if cohort is None or not cohort.lets_join(timezone.now()):
        record(by=by, action="join_refused", subject=by)
        raise NotPossible(_("No class takes people with this code now. Ask your instructor for a new one."))
    with transaction.atomic():
        enrolment, new = Enrolment.objects.get_or_create(cohort=cohort, user=by)
        if new:
            record(by=by, action="join_cohort", subject=enrolment, cohort=cohort.pk)
    return enrolment


@transaction.atomic
def renew_join_code(*, by: User, cohort: Cohort) -> str:
    """Give a cohort another class code and return it; links and printed codes with the old one are worth nothing."""
    check_can_run(by, cohort)
    cohort.join_code = draw_code()
    cohort.save(update_fields=["join_code"])
    record(by=by, action="renew_join_code", subject=cohort)
    return cohort.join_code


@transaction.atomic
def set_role(*, by: User, enrolment: Enrolment, role: Role) -> None:
    """Change what somebody is in a cohort. Raises PermissionDenied; NotPossible for its last instructor."""
    check_can_run(by, enrolment.cohort)
    if role != enrolment.role:
        check_can_enrol(by, enrolment.user, role)
    if enrolment.role == Role.INSTRUCTOR and role != Role.INSTRUCTOR:
        _check_another_instructor(enrolment)
    if Enrolment.objects.filter(pk=enrolment.pk).exclude(role=role).update(role=role):
        record(by=by, action="set_role", subject=enrolment, user=enrolment.user_id, role=str(role))


@transaction.atomic
def remove_from_cohort(*, by: User, enrolment: Enrolment) -> None:
    """Take somebody out of a cohort; their work stays theirs. Raises PermissionDenied, NotPossible."""
    check_can_run(by, enrolment.cohort)
    if enrolment.role == Role.INSTRUCTOR:
        _check_another_instructor(enrolment)
    record(by=by, action="remove_from_cohort", subject=enrolment, cohort=enrolment.cohort_id, user=enrolment.user_id)
    enrolment.delete()


@transaction.atomic
def move_learner(*, by: User, enrolment: Enrolment, to: Cohort) -> Enrolment:
    """Move a learner to another cohort, both of which `by` runs. Raises PermissionDenied, NotPossible."""
    check_can_run(by, enrolment.cohort)
    check_can_run(by, to)
    if enrolment.role != Role.LEARNER or to.is_archived:
        raise NotPossible(_("Only learners can be moved, and only to a class that is not archived."))
    moved, _new = Enrolment.objects.get_or_create(cohort=to, user=enrolment.user)
    record(by=by, action="move_learner", subject=moved, user=enrolment.user_id, source=enrolment.cohort_id, to=to.pk)
    enrolment.delete()
    return moved


@transaction.atomic
def set_lesson_rule(*, by: User, cohort: Cohort, lesson_key: str, rule: Mapping[str, Any]) -> LessonRule:
    """Open, shut or date one lesson: `rule` has any of door, opens_at, closes_at, due_at. Raises as `change_cohort`."""
    check_can_run(by, cohort)
    row = LessonRule.objects.filter(cohort=cohort, lesson_key=lesson_key).first()
    row = row or LessonRule(cohort=cohort, lesson_key=lesson_key)
    for key in {"door", "opens_at", "closes_at", "due_at"} & set(rule):
        setattr(row, key, rule[key])
    row.full_clean()
    row.save()
    record(by=by, action="set_lesson_rule", subject=row, cohort=cohort.pk, lesson=lesson_key, door=row.door)
    return row


@transaction.atomic
def reveal_solution(*, by: User, cohort: Cohort, exercise_key: str) -> RevealedSolution:
    """Show the solution of one task to everybody of a cohort, now and for good.

    Raises PermissionDenied, and NotPossible for what is no task of the cohort's courses.
    """
    check_can_run(by, cohort)
    tasks = Exercise.objects.filter(
        key=exercise_key,
        kind=Exercise.Kind.TASK,
        lesson__revision=F("lesson__revision__course__current"),
        lesson__revision__course__in=cohort.courses.all(),
    )
    if not tasks.exists():
        raise NotPossible(_("This class has no such task."))
    row, new = RevealedSolution.objects.get_or_create(
        cohort=cohort, exercise_key=exercise_key, defaults={"revealed_by": by}
    )
    if new:
        record(by=by, action="reveal_solution", subject=row, cohort=cohort.pk, exercise=exercise_key)
    return row


def _import_roster(by: User, cohort: Cohort, text: str, digest: str) -> Plan:
    check_can_run(by, cohort)
    roster = read_roster(text)
    plan = plan_roster(by=by, cohort=cohort, people=roster.people)
    if roster.problems or plan.problems:
        raise NotPossible(_("Some lines cannot be taken over. Nobody was added."))
    if plan.digest != digest:
        raise NotPossible(_plan_changed())
    for row in plan.rows:
        if row.fate == Fate.HERE:
            continue
        user = row.user or _new_account(by, row)
        enrolment = Enrolment.objects.create(cohort=cohort, user=user, role=row.person.role)
        record(by=by, action="enrol", subject=enrolment, cohort=cohort.pk, user=user.pk, role=str(row.person.role))
    record(by=by, action="import_roster", subject=cohort, **{str(fate): number for fate, number in plan.counts.items()})
    return plan


def _plan_changed() -> str:
    return _("Meanwhile something changed that matters for this list. Look at it again, then confirm.")


def _new_account(by: User, row: Planned) -> User:
    person = row.person
    user = User(
        username=row.username, first_name=person.first_name, last_name=person.last_name, email=person.email.lower()
    )
    user.set_unusable_password()
    user.save()
    record(by=by, action="create_account", subject=user, username=user.username)
    return user


def _check_another_instructor(enrolment: Enrolment) -> None:
    others = Enrolment.objects.filter(cohort=enrolment.cohort_id, role=Role.INSTRUCTOR).exclude(pk=enrolment.pk)
    if not others.exists():
        raise NotPossible(_("A class needs an instructor. Make somebody else one first."))
