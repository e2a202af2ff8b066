"""With what people sign in: PINs of a class, passwords, and who may draw new ones for whom.

Here and not in `accounts`, because an instructor's right comes from a cohort, and because all of it is recorded.
A PIN names one learner of a class. Six digits are quickly tried by whoever has the database, whatever the hash; what
protects them is a key outside the database, the limits of `accounts.throttling`, and that learners alone have one.
docs/adr/0019 has the figures.
"""

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from allauth.mfa.models import Authenticator
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from accounts.models import User
from audit.actions import record
from cohorts.codes import clean_code
from cohorts.models import Cohort, Enrolment, Role
from cohorts.permissions import check_can_run

PIN_DIGITS: Final = 6
# Without signs that look alike in print; 59 bits in twelve signs that one can read out.
_SIGNS: Final = "abcdefghjkmnpqrstuvwxyz23456789"
_GROUPS: Final = 3
_GROUP_SIGNS: Final = 4
# What people guess first.
_OBVIOUS: Final = frozenset(
    {"123456", "654321", "012345", "543210", "123123", *(str(digit) * 6 for digit in range(10))}
)


@dataclass(frozen=True)
class Slip:
    """What is printed for one learner. The only place where a PIN is in clear; it is stored nowhere."""

    enrolment: Enrolment
    pin: str

    @property
    def spaced(self) -> str:
        """The PIN as it is printed, in two groups."""
        return f"{self.pin[:3]} {self.pin[3:]}"


def find_by_pin(code: str, pin: str) -> Enrolment | None:
    """Return the learner whom a class code and a PIN name. Two queries, whether the class exists or not.

    Never somebody who teaches, anywhere: six digits are not enough for what they may see and do.
    """
    cohort = Cohort.objects.active().filter(join_code=clean_code(code)).only("pk").first()
    teaching = Enrolment.objects.staff().filter(user=OuterRef("user"))
    return (
        Enrolment.objects.learners()
        .filter(cohort_id=cohort.pk if cohort else 0, pin_digest=_digest(cohort.pk if cohort else 0, pin))
        .filter(user__is_active=True, user__is_staff=False, user__is_superuser=False)
        .exclude(Exists(teaching))
        .first()
    )


@transaction.atomic
def draw_pins(*, by: User, cohort: Cohort, enrolments: Iterable[Enrolment]) -> list[Slip]:
    """Give learners of `cohort` new PINs, and return them for printing. Raises PermissionDenied.

    Old PINs stop working. Who has no password of their own is signed out, since the old slip may be in other hands.
    """
    check_can_run(by, cohort)
    chosen = [enrolment.pk for enrolment in enrolments]
    learners = list(Enrolment.objects.learners().filter(cohort=cohort, pk__in=chosen))
    Enrolment.objects.filter(pk__in=[each.pk for each in learners]).update(pin_digest="")
    taken = set(Enrolment.objects.filter(cohort=cohort).values_list("pin_digest", flat=True))
    slips = []
    for enrolment in learners:
        pin, digest = _draw_pin(cohort.pk, taken)
        taken.add(digest)
        enrolment.pin_digest = digest
        _sign_out_without_password(enrolment.user)
        slips.append(Slip(enrolment, pin))
    Enrolment.objects.bulk_update([slip.enrolment for slip in slips], ["pin_digest"])
    record(by=by, action="draw_pins", subject=cohort, users=[each.user_id for each in learners])
    return slips


def check_can_reset(user: User, person: User) -> None:
    """Raise PermissionDenied unless `user` may give `person` a new password.

    Admins may for everybody; instructors for learners of their own classes, as long as those teach nobody themselves.
    """
    if user.is_active and user.is_superuser:
        return
    classes = Cohort.objects.active().run_by(user)
    learns = Enrolment.objects.filter(cohort__in=classes, user=person, role=Role.LEARNER).exists()
    teaches = person.is_staff or person.is_superuser or Enrolment.objects.staff().filter(user=person).exists()
    if not (user.is_active and learns) or teaches:
        raise PermissionDenied(_("You can draw a new password for learners of your own classes only."))


def can_reset(user: User, person: User) -> bool:
    """Return whether `check_can_reset` would pass."""
    try:
        check_can_reset(user, person)
    except PermissionDenied:
        return False
    return True


@transaction.atomic
def reset_password(*, by: User, person: User, second_factor_too: bool = False) -> str:
    """Give `person` a password that is good for one sign-in, end all their sign-ins, and return it to be shown once.

    Only an admin takes the second factor away, for who lost their phone. Raises PermissionDenied.
    """
    check_can_reset(by, person)
    taken = bool(second_factor_too and by.is_superuser and Authenticator.objects.filter(user=person).delete()[0])
    password = "-".join("".join(secrets.choice(_SIGNS) for _sign in range(_GROUP_SIGNS)) for _group in range(_GROUPS))
    person.set_password(password)
    person.must_change_password = True
    person.save(update_fields=["password", "must_change_password"])
    record(by=by, action="reset_password", subject=person, second_factor_taken=taken)
    return password


@transaction.atomic
def change_password(*, by: User, password: str) -> None:
    """Give oneself a new password. It was validated; every other sign-in of the person ends by it."""
    by.set_password(password)
    by.must_change_password = False
    by.save(update_fields=["password", "must_change_password"])
    record(by=by, action="change_password", subject=by)


def clean_pin(typed: str) -> str:
    """Return the digits of what was typed, without the spaces and hyphens that people put in."""
    return "".join(sign for sign in typed if sign in "0123456789")


def _draw_pin(cohort_pk: int, taken: Sequence[str] | set[str]) -> tuple[str, str]:
    """Return a PIN that nobody in the class has, and its digest."""
    while True:
        pin = f"{secrets.randbelow(10**PIN_DIGITS):0{PIN_DIGITS}}"
        digest = _digest(cohort_pk, pin)
        if pin not in _OBVIOUS and digest not in taken:
            return pin, digest


def _digest(cohort_pk: int, pin: str) -> str:
    """Return how a PIN is stored: keyed, so that one query finds it and a stolen database does not tell it."""
    digest: str = salted_hmac("cohorts.pin", f"{cohort_pk}:{pin}", algorithm="sha256").hexdigest()
    return digest


def _sign_out_without_password(user: User) -> None:
    """End the sign-ins of somebody who signs in by PIN only: a new unusable password is another password."""
    if not user.has_usable_password():
        user.set_unusable_password()
        user.save(update_fields=["password"])
