"""Who may do what with a class at work. Assistants see and help; instructors also decide for all."""

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from accounts.models import User
from classroom.models import Assistance
from cohorts.permissions import can_help


def check_can_answer(user: User, assistance: Assistance) -> None:
    """Raise PermissionDenied unless it is their own terminal that is asked for: nobody consents for another."""
    if not user.is_active or assistance.lab_session.learner_id != user.pk:
        raise PermissionDenied(_("This lab session belongs to somebody else."))


def can_stop(user: User, assistance: Assistance) -> bool:
    """Return whether `user` may end it: the learner, and who asked."""
    return user.is_active and user.pk in (assistance.lab_session.learner_id, assistance.by_id)


def can_assist(user: User, learner: User) -> bool:
    """Return whether `user` may ask to look over the shoulder of `learner`."""
    return user != learner and can_help(user, learner)
