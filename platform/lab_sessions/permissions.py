"""Who may use a lab session, and who may work in a lesson at all."""

from django.core.exceptions import PermissionDenied
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from cohorts.grants import Grants
from cohorts.models import Cohort, Enrolment, Role
from cohorts.permissions import check_can_read
from lab_sessions.models import LabSession


def check_can_use(user: User, session: LabSession) -> None:
    """Raise PermissionDenied with a sentence unless `user` may work in, extend, reset and end `session`."""
    if not user.is_active:
        raise PermissionDenied(_("Your account is disabled. Ask your instructor."))
    if session.learner_id != user.pk and not user.is_superuser:
        raise PermissionDenied(_("This lab session belongs to somebody else."))


def check_can_manage(user: User, session: LabSession) -> None:
    """Raise PermissionDenied unless `user` may extend and end `session`: its learner, who runs a class of theirs."""
    if can_use(user, session):
        return
    mine = Cohort.objects.active().run_by(user)
    taught = Enrolment.objects.filter(cohort__in=mine, user=session.learner_id, role=Role.LEARNER)
    if not (user.is_active and taught.exists()):
        raise PermissionDenied(_("Only the instructors of this class can do that."))


def check_can_learn(user: User, lesson_key: str, grants: Grants | None = None) -> None:
    """Raise PermissionDenied unless `user` may read the lesson and work in it now.

    Who has its lab running may until that session's deadline, whatever became of the lesson: nobody loses their work
    because a door shut. `grants`: theirs, where the caller wants to know more of them.
    """
    try:
        check_can_read(user, lesson_key, timezone.now(), grants)
    except PermissionDenied:
        if not (user.is_active and LabSession.objects.live().filter(learner=user, lab_key=lesson_key).exists()):
            raise


def can_use(user: User, session: LabSession) -> bool:
    """Return whether `check_can_use` would pass."""
    try:
        check_can_use(user, session)
    except PermissionDenied:
        return False
    return True
