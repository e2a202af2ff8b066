"""Who may do what in a cohort. An admin may do everything; others what their role in that cohort allows."""

from collections.abc import Callable
from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.models import User
from cohorts.grants import Grants, Shut
from cohorts.models import Cohort, Enrolment, Role


def check_can_create(user: User) -> None:
    """Raise PermissionDenied unless `user` may make new cohorts: instructors of the installation, and admins."""
    if not (user.is_active and (user.is_staff or user.is_superuser)):
        raise PermissionDenied(_("Only instructors can create classes."))


def check_can_run(user: User, cohort: Cohort) -> None:
    """Raise PermissionDenied unless `user` decides about `cohort`: people, lessons, grades, its settings."""
    if not (user.is_active and Cohort.objects.run_by(user).filter(pk=cohort.pk).exists()):
        raise PermissionDenied(_("Only the instructors of this class can do that."))


def check_can_enrol(by: User, user: User, role: Role) -> None:
    """Raise PermissionDenied unless `by`, who runs the cohort, may put `user` into it as `role`.

    Not everybody may make a learner of who teaches, nor of who learns with others: instructors draw their learners'
    PINs and help in their labs, so who has another class comes in by the class code, of their own will.
    """
    if not user.is_active:
        raise PermissionDenied(
            _("The account “%(name)s” is disabled. An admin can enable it.") % {"name": user.username}
        )
    if role == Role.LEARNER and (user.is_staff or user.is_superuser) and not (by.is_superuser or by == user):
        raise PermissionDenied(
            _("“%(name)s” teaches here. Give them the role instructor or assistant, or use another user name.")
            % {"name": user.username}
        )
    if role == Role.LEARNER and not (by.is_superuser or by == user) and _learns_with_others_only(by, user):
        raise PermissionDenied(
            _("“%(name)s” learns in a class that is not yours. Give them the class code, or ask an admin.")
            % {"name": user.username}
        )


def _learns_with_others_only(by: User, user: User) -> bool:
    learns = Cohort.objects.learned_by(user)
    return learns.exists() and not teaches(by, user)


def check_can_see(user: User, cohort: Cohort) -> None:
    """Raise PermissionDenied unless `user` may look at the class and help in it."""
    if not (user.is_active and Cohort.objects.seen_by(user).filter(pk=cohort.pk).exists()):
        raise PermissionDenied(_("You do not teach in this class."))


def check_can_help(user: User, learner: User) -> None:
    """Raise PermissionDenied unless `user` teaches or assists in an active cohort that `learner` learns in."""
    if not (user.is_active and teaches(user, learner)):
        raise PermissionDenied(_("This learner is in none of your classes."))


class LessonShut(PermissionDenied):
    """Shown to a learner: the lesson is not open to them now. `shut` says since when, or until when."""

    def __init__(self, lesson_key: str, shut: Shut) -> None:
        super().__init__(_sentence_of(shut))
        self.lesson_key = lesson_key
        self.shut = shut


def check_can_read(user: User, lesson_key: str, now: datetime, grants: Grants | None = None) -> None:
    """Raise PermissionDenied unless `user` may read the lesson now: LessonShut where they may at another time.

    `grants`: theirs, where the caller wants to know more of them.
    """
    grants = grants or Grants(user)
    if not (user.is_active and grants.may_read(lesson_key.split("/")[0])):
        raise PermissionDenied(_("None of your classes has this course."))
    shut = grants.shut(lesson_key, now)
    if shut is not None:
        raise LessonShut(lesson_key, shut)


def teaches(user: User, learner: User) -> bool:
    """Return whether `learner` is a learner of an active cohort whose class `user` may look at."""
    mine = Cohort.objects.active().seen_by(user)
    return Enrolment.objects.filter(cohort__in=mine, user=learner, role=Role.LEARNER).exists()


def teaches_at_all(user: User) -> bool:
    """Return whether `user` has a class to look at, or may make one."""
    return can_create(user) or (user.is_active and Cohort.objects.seen_by(user).exists())


def _sentence_of(shut: Shut) -> str:
    if shut.opens_at is not None:
        return _("This lesson opens on %(moment)s.") % {"moment": _moment(shut.opens_at)}
    if shut.since is not None:
        return _("This lesson has been shut since %(moment)s.") % {"moment": _moment(shut.since)}
    return _("Your instructor has shut this lesson for now.")


def _moment(moment: datetime) -> str:
    return date_format(timezone.localtime(moment), "SHORT_DATETIME_FORMAT")


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


def can_read(user: User, lesson_key: str, now: datetime) -> bool:
    """Return whether `check_can_read` would pass."""
    return _passes(check_can_read, user, lesson_key, now)


def can_help(user: User, learner: User) -> bool:
    """Return whether `check_can_help` would pass."""
    return _passes(check_can_help, user, learner)
