"""What people type to sign in, and who a browser is afterwards."""

from typing import Any

from django.contrib.auth import SESSION_KEY
from django.test import Client

from cohorts.models import Cohort

SIGN_IN = "/sign-in/"
CLASS_SIGN_IN = "/sign-in/class/"


def try_pin(client: Client, cohort: Cohort, pin: str, **more: str) -> Any:
    return client.post(CLASS_SIGN_IN, {"code": cohort.join_code, "pin": pin, **more})


def try_password(client: Client, password: str, username: str = "alice") -> Any:
    return client.post(SIGN_IN, {"username": username, "password": password})


def wrong(digits: str) -> str:
    """Another PIN or code than that one."""
    return f"{(int(digits) + 1) % 1_000_000:06}"


def who(client: Client) -> str | None:
    """The number of the account that is signed in."""
    return client.session.get(SESSION_KEY)
