"""Language and theme: kept with the user, and in cookies for pages that are shown before anybody signs in."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from accounts.models import User

THEME_COOKIE = "theme"
COOKIE_AGE = 365 * 24 * 3600  # seconds; a choice of this kind is meant to stay

# When the dark tokens hold. The server decides, so that no page flashes white before a script has run. Paper is white.
DARK_MEDIA = {
    User.Theme.SYSTEM: "(prefers-color-scheme: dark)",
    User.Theme.LIGHT: "not all",
    User.Theme.DARK: "screen",
}


def theme_of(request: HttpRequest) -> User.Theme:
    """Return the theme that was chosen on this device, else by this person, else the device's own."""
    user = getattr(request, "user", None)  # missing where an error page is shown before anybody was recognised
    own = user.theme if user is not None and user.is_authenticated else ""
    chosen = request.COOKIES.get(THEME_COOKIE) or own
    return User.Theme(chosen) if chosen in User.Theme.values else User.Theme.SYSTEM


def remember(response: HttpResponse, *, language: str = "", theme: str = "") -> None:
    """Put what was chosen into the cookies of `response`; empty leaves a cookie as it is."""
    if language:
        _set(response, settings.LANGUAGE_COOKIE_NAME, language)
    if theme:
        _set(response, THEME_COOKIE, theme)


def _set(response: HttpResponse, name: str, value: str) -> None:
    response.set_cookie(
        name, value, max_age=COOKIE_AGE, httponly=True, samesite="Lax", secure=settings.LANGUAGE_COOKIE_SECURE
    )
