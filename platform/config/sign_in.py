"""How django-allauth is set: one OpenID Connect server and a second factor, both off until settings ask for them.

Its apps are always installed, so that switching one on is a setting and a restart, and no change of tables. Its pages
have no address, and its sign-in no effect, unless asked for. Its own limits are off: they count per address, which a
classroom shares; `accounts.throttling` counts instead.
"""

from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

OIDC_PROVIDER_ID = "school"  # in addresses and rows; nobody reads it
_LOCAL = frozenset({"localhost", "127.0.0.1", "::1"})

ALLAUTH_APPS = [
    "allauth.account",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.mfa",
]
ACCOUNT_ADAPTER = "web.allauth.AccountAdapter"
ACCOUNT_EMAIL_VERIFICATION = SOCIALACCOUNT_EMAIL_VERIFICATION = "none"  # addresses are optional and open nothing
ACCOUNT_FORMS = {"reauthenticate": "web.forms.second_factor.PasswordAgainForm"}
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_RATE_LIMITS = False
ACCOUNT_REAUTHENTICATION_METHODS = ("password", "mfa")
ACCOUNT_SIGNUP_FIELDS = ["username*"]
ACCOUNT_UNIQUE_EMAIL = False  # two learners may share the address of their parents
MFA_ADAPTER = "web.allauth.SecondFactorAdapter"
MFA_FORMS = {
    "authenticate": "web.forms.second_factor.CodeForm",
    "reauthenticate": "web.forms.second_factor.CodeAgainForm",
    "activate_totp": "web.forms.second_factor.ActivateForm",
}
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "Muelle"
MFA_TOTP_TOLERANCE = 1  # phones whose clock is half a minute off
SOCIALACCOUNT_ADAPTER = "web.allauth.SocialAdapter"
SOCIALACCOUNT_REQUESTS_TIMEOUT = 5  # seconds that a page waits for the other server
SOCIALACCOUNT_STORE_TOKENS = False  # nothing is done with them afterwards


def oidc_providers(*, server_url: str, client_id: str, secret: str, name: str) -> dict[str, Any]:
    """Return what allauth is told of the server. Raises ImproperlyConfigured for settings that make no sense."""
    if not server_url:
        return {}
    parts = urlsplit(server_url)
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in _LOCAL):
        raise ImproperlyConfigured(
            f"MUELLE_OIDC_SERVER_URL is {server_url!r}. It must begin with https://, since whoever can change what"
            " the server says can sign in as anybody."
        )
    if not (client_id and secret and name):
        raise ImproperlyConfigured(
            "MUELLE_OIDC_SERVER_URL is set, but not all of MUELLE_OIDC_CLIENT_ID, MUELLE_OIDC_SECRET and"
            " MUELLE_OIDC_NAME. Set them to what the other server gave you, and to what people call it."
        )
    app = {
        "provider_id": OIDC_PROVIDER_ID,
        "name": name,
        "client_id": client_id,
        "secret": secret,
        "settings": {"server_url": server_url},
    }
    return {"openid_connect": {"APPS": [app], "OAUTH_PKCE_ENABLED": True}}


def origin_of(url: str) -> list[str]:
    """Return the origin of an address as a content policy names it; nothing for no address."""
    parts = urlsplit(url)
    return [f"{parts.scheme}://{parts.netloc}"] if url else []
