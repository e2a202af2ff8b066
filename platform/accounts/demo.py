"""Accounts to try a new installation with.

Their passwords are public, so they exist only where the settings allow it.
"""

from dataclasses import dataclass

from django.conf import settings
from django.db import transaction

from accounts.models import User

# In the place of a password that was public: no password, and a mark that only closed demo accounts have. Who has none
# for another reason, such as signing in with the school's account, is not opened by it.
CLOSED = "!demo-"


class DemoNotAllowed(Exception):
    """Shown to the admin: this installation must not have accounts with public passwords."""


@dataclass(frozen=True)
class DemoAccount:
    """A user name, which is the password too, and what the person may do."""

    username: str
    first_name: str
    is_staff: bool = False
    is_superuser: bool = False


DEMO_ACCOUNTS = (
    DemoAccount("aprendiz", "Alba"),
    DemoAccount("docente", "Darío", is_staff=True),
    DemoAccount("admin", "Ada", is_staff=True, is_superuser=True),
)


@transaction.atomic
def close_demo_accounts() -> int:
    """Keep everybody out of the demo accounts that still have their public password; return how many there were."""
    closed = 0
    for user in User.objects.filter(username__in=[account.username for account in DEMO_ACCOUNTS], is_active=True):
        if user.check_password(user.username):
            user.set_unusable_password()
            user.save(update_fields=["password"])
            closed += 1
    return closed


@transaction.atomic
def make_demo_accounts() -> list[User]:
    """Create the demo accounts that do not exist yet, open those that were closed, and return all of them.

    Raises DemoNotAllowed.
    """
    if not settings.MUELLE_DEMO:
        raise DemoNotAllowed(
            "Demo accounts have public passwords. Set MUELLE_DEMO=1 on a machine where that is no risk."
        )
    users = []
    for account in DEMO_ACCOUNTS:
        user, new = User.objects.get_or_create(
            username=account.username,
            defaults={
                "first_name": account.first_name,
                "is_staff": account.is_staff,
                "is_superuser": account.is_superuser,
            },
        )
        if new or user.password.startswith(CLOSED):
            user.set_password(account.username)
            user.save(update_fields=["password"])
        users.append(user)
    return users
