"""What must hold before strangers in a network can reach the sign-in page: no password that everybody knows."""

import secrets

from django.db import transaction

from accounts.actions import Role, add_account
from accounts.demo import CLOSED, DEMO_ACCOUNTS
from accounts.models import User

# 96 bits, in 16 characters that can be read out to somebody.
_DRAWN_BYTES = 12


@transaction.atomic
def close_demo_accounts() -> list[User]:
    """Take the passwords of the demo accounts that still have their public one; return whose.

    Whoever is signed in with one is signed out by it. `make_demo_accounts` opens them again where it may.
    """
    closed = []
    names = [account.username for account in DEMO_ACCOUNTS]
    for user in User.objects.select_for_update().filter(username__in=names):
        if user.check_password(user.username):
            user.password = CLOSED + secrets.token_urlsafe(_DRAWN_BYTES)  # another each time, which ends old sign-ins
            user.save(update_fields=["password"])
            closed.append(user)
    return closed


@transaction.atomic
def ensure_admin(*, username: str) -> str:
    """Have an admin who can sign in. Returns the password where one was made or opened again, else nothing."""
    admins = User.objects.filter(is_superuser=True, is_active=True)
    if any(user.has_usable_password() for user in admins):
        return ""
    password = secrets.token_urlsafe(_DRAWN_BYTES)
    user = admins.filter(username=username).first()
    if user is None:
        add_account(username=username, password=password, role=Role.ADMIN)
    else:
        user.set_password(password)
        user.save(update_fields=["password"])
    return password
