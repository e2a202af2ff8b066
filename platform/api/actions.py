"""What people do with their tokens."""

import hashlib
import secrets
from collections.abc import Iterable
from datetime import timedelta
from typing import Final

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from api.models import ApiToken
from api.scopes import Scope
from audit.actions import NotPossible, record

PREFIX: Final = "muelle_"  # so that scanners for lost secrets, and people, recognise it
SECRET_BYTES: Final = 32
MAX_TOKENS: Final = 20  # of one person that are usable; more is a program that forgets to keep its own
USE_NOTED_EVERY: Final = timedelta(minutes=1)  # a program that asks every second must not write every second


@transaction.atomic
def create_token(*, by: User, name: str, scopes: Iterable[Scope], days: int | None = None) -> tuple[ApiToken, str]:
    """Make a token for oneself and return it with its text, which nobody will see again.

    `days` is how long it lives; None: until it is revoked. Raises NotPossible.
    """
    wanted = sorted({Scope(scope).value for scope in scopes})
    if not wanted:
        raise NotPossible(_("Choose at least one thing that the token may be used for."))
    if ApiToken.objects.usable(timezone.now()).filter(user=by).count() >= MAX_TOKENS:
        raise NotPossible(_("You have %(count)s tokens. Revoke one first.") % {"count": MAX_TOKENS})
    text = PREFIX + secrets.token_urlsafe(SECRET_BYTES)
    expires_at = timezone.now() + timedelta(days=days) if days else None
    token = ApiToken.objects.create(user=by, name=name, digest=digest_of(text), scopes=wanted, expires_at=expires_at)
    record(by=by, action="create_token", subject=token, name=name, scopes=wanted)
    return token, text


@transaction.atomic
def revoke_token(*, by: User, token: ApiToken) -> bool:
    """Make a token of one's own useless at once; return False where it was before."""
    revoked = ApiToken.objects.filter(pk=token.pk, user=by, revoked_at=None).update(revoked_at=timezone.now()) == 1
    if revoked:
        record(by=by, action="revoke_token", subject=token, name=token.name)
    return revoked


def find_token(text: str) -> ApiToken | None:
    """Return the usable token with this text, with its owner, and note that it was used."""
    now = timezone.now()
    token = ApiToken.objects.usable(now).select_related("user").filter(digest=digest_of(text)).first()
    if token is not None and (token.last_used_at is None or now - token.last_used_at > USE_NOTED_EVERY):
        ApiToken.objects.filter(pk=token.pk).update(last_used_at=now)
    return token


def digest_of(text: str) -> str:
    """Return what is kept of a token. A plain hash will do: the token is 256 bits that nobody can guess."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
