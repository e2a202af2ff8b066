"""What pages do with actions that may not be possible: the person reads why, and nothing is lost."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest

from audit.actions import NotPossible


def refusal_of(action: Callable[[], object]) -> str:
    """Do something. Return why it was not possible; nothing where it was."""
    try:
        action()
    except NotPossible as refusal:
        return str(refusal)
    return ""


def attempt(request: HttpRequest, action: Callable[[], object], done: str = "") -> bool:
    """Do something; say `done` on the next page, or why it was not possible. Return whether it was."""
    refusal = refusal_of(action)
    if refusal:
        messages.warning(request, refusal)
    elif done:
        messages.success(request, done)
    return not refusal
