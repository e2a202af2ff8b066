"""Who may do what in a cohort. An admin may do everything; others what their role in that cohort allows."""

from collections.abc import Callable

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from accounts.models import User
from cohorts.models import Cohort, Enrolment, Role


def check_can_create(user: User) -> None:
    """Raise PermissionDenied unless `user` may make new cohorts: instructors of the installation, and admins."""
    if not (user.is_active and (user.is_staff or user.is_superuser)):
        raise PermissionDenied(_("Only instructors can create classes."))


def check_can_run(user: User, cohort: Cohort) -> None:
    """Raise PermissionDenied unless `user` decides about `cohort`: people, lessons, grades, its settings."""
    if not (user.is_active and Cohort.objects.run_by(user).filter(pk=cohort.pk).exists()):
        raise PermissionDenied(_("Only the instructors of this class can do that."))


def check_can_see(user: User, cohort: Cohort) -> None:
    """Raise PermissionDenied unless `user` may look at the class and help in it."""
    if not (user.is_active and Cohort.objects.seen_by(user).filter(pk=cohort.pk).exists()):
        raise PermissionDenied(_("You do not teach in this class."))


def check_can_help(user: User, learner: User) -> None:
    """Raise PermissionDenied unless `user` teaches or assists in an active cohort that `learner` learns in."""
    if not (user.is_active and teaches(user, learner)):
        raise PermissionDenied(_("This learner is in none of your classes."))


def teaches(user: User, learner: User) -> bool:
    """Return whether `learner` is a learner of an active cohort whose class `user` may look at."""
    mine = Cohort.objects.active().seen_by(user)
    return Enrolment.objects.filter(cohort__in=mine, user=learner, role=Role.LEARNER).exists()


def _passes(check: Callable[..., None], *arguments: object) -> bool:
    try:
        check(*arguments)
    except PermissionDenied:
        return False
    return True


def can_create(user: User) -> bool:
    """Return whether `check_can_create` would pass."""
    return _passes(check_can_create, user)


def can_run(user: User, cohort: Cohort) -> bool:
    """Return whether `check_can_run` would pass."""
    return _passes(check_can_run, user, cohort)


def can_see(user: User, cohort: Cohort) -> bool:
    """Return whether `check_can_see` would pass."""
    return _passes(check_can_see, user, cohort)


def can_help(user: User, learner: User) -> bool:
    """Return whether `check_can_help` would pass."""
    return _passes(check_can_help, user, learner)
