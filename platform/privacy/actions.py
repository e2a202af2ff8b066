"""What is done with a person's data."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from audit.actions import record
from lab_sessions.actions import end_lab_session
from lab_sessions.models import LabSession
from privacy.decisions import PSEUDONYM
from privacy.erasing import erase_from_record, erase_rows, names_of
from privacy.exporting import export_zip
from privacy.models import ErasureRequest
from privacy.sign_ins import end_sign_ins
from privacy.traces import forget_in_redis, overwrite_from_now_on


def export_person(*, by: User | None, person: User) -> bytes:
    """Return everything of a person as a zip. People may have their own, admins anybody's. Raises PermissionDenied."""
    if by is not None and by.pk != person.pk and not by.is_superuser:
        raise PermissionDenied(_("Only you and the admins may have your data."))
    with transaction.atomic():
        record(by=by, action="export_person", subject=person)
        return export_zip(person)


@transaction.atomic
def request_erasure(*, by: User) -> bool:
    """Note that a person wants to be erased; return False where that was noted already."""
    _request, new = ErasureRequest.objects.get_or_create(person=by)
    if new:
        record(by=by, action="request_erasure", subject=by)
    return new


@transaction.atomic
def withdraw_erasure_request(*, by: User) -> bool:
    """Take the wish back; return False where there was none."""
    count, _kinds = ErasureRequest.objects.filter(person=by).delete()
    if count:
        record(by=by, action="withdraw_erasure_request", subject=by)
    return bool(count)


def erase_person(*, by: User | None, person: User) -> dict[str, int]:
    """Erase a person for good; what must stay stays under a pseudonym. Return how many rows of what were changed.

    Their labs end, they are signed out everywhere, their account can never be used again. Raises PermissionDenied:
    only admins may, and not the last of them.
    """
    _check_can_erase(by, person)
    names = names_of(person)
    overwrite_from_now_on()
    with transaction.atomic():
        for session in LabSession.objects.live().filter(learner=person):
            end_lab_session(by=None, session=session, reason=LabSession.Reason.STAFF)
        done = {"sign-ins": end_sign_ins(person), "record": erase_from_record(person), **erase_rows(person)}
        record(by=by, action="erase_person", subject=person, rows=done)
    done["redis"] = forget_in_redis(names)
    return done


def _check_can_erase(by: User | None, person: User) -> None:
    if by is not None and not by.is_superuser:
        raise PermissionDenied(_("Only admins may erase a person."))
    others = User.objects.filter(is_superuser=True, is_active=True).exclude(pk=person.pk)
    if person.is_superuser and not others.exists():
        raise PermissionDenied(_("This is the last admin. Make another one first."))


def is_erased(person: User) -> bool:
    """Return whether somebody was erased."""
    return person.username == PSEUDONYM.format(pk=person.pk)
