"""Who runs the installation."""

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from accounts.models import User


def check_admin(user: User) -> None:
    """Raise PermissionDenied with a sentence unless `user` runs the installation."""
    if not (user.is_active and user.is_superuser):
        raise PermissionDenied(_("Only admins of this server may see and do that."))


def is_admin(user: User) -> bool:
    """Return whether `check_admin` would pass."""
    try:
        check_admin(user)
    except PermissionDenied:
        return False
    return True
