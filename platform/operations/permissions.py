"""Who may see the machine. What only admins may do is `accounts.permissions.check_admin`."""

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.permissions import is_admin
from cohorts.models import Cohort


def check_plan(user: User) -> None:
    """Raise PermissionDenied unless `user` may ask whether a class fits: admins, and who runs a class."""
    if not (is_admin(user) or (user.is_active and (user.is_staff or Cohort.objects.run_by(user).exists()))):
        raise PermissionDenied(_("Only instructors can plan seats."))


def can_plan(user: User) -> bool:
    """Return whether `check_plan` would pass."""
    try:
        check_plan(user)
    except PermissionDenied:
        return False
    return True
