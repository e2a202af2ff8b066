"""Who may use a lab session."""

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from accounts.models import User
from lab_sessions.models import LabSession


def check_can_use(user: User, session: LabSession) -> None:
    """Raise PermissionDenied with a sentence unless `user` may work in, extend, reset and end `session`."""
    if not user.is_active:
        raise PermissionDenied(_("Your account is disabled. Ask your instructor."))
    if session.learner_id != user.pk and not user.is_superuser:
        raise PermissionDenied(_("This lab session belongs to somebody else."))


def can_use(user: User, session: LabSession) -> bool:
    """Return whether `check_can_use` would pass."""
    try:
        check_can_use(user, session)
    except PermissionDenied:
        return False
    return True
