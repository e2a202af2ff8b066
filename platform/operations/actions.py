"""What an admin does: with accounts, with everybody's lab sessions, with the health report."""

import secrets

from django.contrib.sessions.models import Session
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.actions import Role, add_account
from accounts.models import User
from accounts.permissions import check_admin
from audit.actions import NotPossible, record
from lab_sessions.actions import end_lab_session
from lab_sessions.models import LabSession
from operations.models import HealthReport

# 72 bits, in 12 characters that can be read out to somebody.
DRAWN_BYTES = 9


@transaction.atomic
def open_account(*, by: User, username: str, first_name: str = "", role: Role = Role.LEARNER) -> tuple[User, str]:
    """Create an account and return it with a password that is shown once and is good for one sign-in.

    Raises PermissionDenied, ValidationError.
    """
    check_admin(by)
    password = _draw()
    user = add_account(username=username, password=password, role=role)
    user.first_name, user.must_change_password = first_name, True
    user.save(update_fields=["first_name", "must_change_password"])
    record(by=by, action="open_account", subject=user, role=str(role))
    return user, password


@transaction.atomic
def set_account_role(*, by: User, person: User, role: Role) -> None:
    """Change what somebody is on this server. Raises PermissionDenied; NotPossible for oneself."""
    _check_other(by, person)
    changed = User.objects.filter(pk=person.pk).exclude(**_flags(role)).update(**_flags(role))
    if changed:
        record(by=by, action="set_account_role", subject=person, role=str(role))


@transaction.atomic
def disable_account(*, by: User, person: User) -> None:
    """Let somebody in no more, and end what they have open. Raises PermissionDenied; NotPossible for oneself."""
    _check_other(by, person)
    if User.objects.filter(pk=person.pk, is_active=True).update(is_active=False):
        record(by=by, action="disable_account", subject=person)
        _end_sign_ins(person)
        for session in LabSession.objects.live().filter(learner=person):
            end_lab_session(by=by, session=session, reason=LabSession.Reason.STAFF)


@transaction.atomic
def enable_account(*, by: User, person: User) -> None:
    """Let somebody in again. Raises PermissionDenied."""
    check_admin(by)
    if User.objects.filter(pk=person.pk, is_active=False).update(is_active=True):
        record(by=by, action="enable_account", subject=person)


@transaction.atomic
def end_sign_ins(*, by: User, person: User) -> int:
    """Sign somebody out everywhere; return from how many browsers. Their labs run on. Raises PermissionDenied."""
    check_admin(by)
    ended = _end_sign_ins(person)
    record(by=by, action="end_sign_ins", subject=person, count=ended)
    return ended


def end_sessions_of_lab(*, by: User, lab_key: str) -> int:
    """End every live session of one lab; return how many. Raises PermissionDenied."""
    check_admin(by)
    live = list(LabSession.objects.live().filter(lab_key=lab_key))
    return sum(end_lab_session(by=by, session=session, reason=LabSession.Reason.STAFF) for session in live)


@transaction.atomic
def ask_for_report(*, by: User) -> None:
    """Have the installation examined in the reconciler's next round. Raises PermissionDenied."""
    check_admin(by)
    report, _new = HealthReport.objects.update_or_create(
        pk=HealthReport.ONLY, defaults={"asked_at": timezone.now()}, create_defaults={"asked_at": timezone.now()}
    )
    record(by=by, action="ask_for_report", subject=report)


def role_of(user: User) -> Role:
    """Return what somebody is on this server."""
    if user.is_superuser:
        return Role.ADMIN
    return Role.INSTRUCTOR if user.is_staff else Role.LEARNER


def _flags(role: Role) -> dict[str, bool]:
    return {"is_staff": role != Role.LEARNER, "is_superuser": role == Role.ADMIN}


def _check_other(by: User, person: User) -> None:
    """An admin who shuts themselves out may be the last one."""
    check_admin(by)
    if by.pk == person.pk:
        raise NotPossible(_("That is your own account. Another admin can do this."))


def _end_sign_ins(person: User) -> int:
    """Sessions name nobody in the database, so each that still counts is opened: 20 microseconds, rarely."""
    open_ones = Session.objects.filter(expire_date__gt=timezone.now())
    theirs = [
        each.session_key for each in open_ones.iterator() if each.get_decoded().get("_auth_user_id") == str(person.pk)
    ]
    Session.objects.filter(pk__in=theirs).delete()
    return len(theirs)


def _draw() -> str:
    return secrets.token_urlsafe(DRAWN_BYTES)
