"""What happens around a try to sign in: who is counted, and what a browser keeps when it was right."""

from typing import Final

from allauth.account.internal.flows.login import perform_login
from allauth.account.models import Login
from django.conf import settings
from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from accounts.devices import Device
from accounts.models import User
from accounts.throttling import ACCOUNT, CLASS, CLASS_ADDRESS, CLASS_MEMBER, DEVICE, Counter
from cohorts.models import Enrolment
from web.access import address_of
from web.changing import WAY
from web.preferences import remember

DEVICE_COOKIE: Final = "__Host-device" if settings.MUELLE_HTTPS else f"device-{settings.MUELLE_INSTANCE}"
DEVICE_AGE: Final = 365 * 24 * 3600  # seconds; a school year
BACKEND: Final = "django.contrib.auth.backends.ModelBackend"


def counters_of_account(request: HttpRequest, username: str) -> tuple[Counter, ...]:
    """Return what a try with this user name counts against. The same for names that nobody has."""
    device = device_of(request)
    if device.knows(_account(username)):
        return (Counter(DEVICE, f"{device.number}:{username}"),)
    return (Counter(ACCOUNT, username),)


def counters_of_class(request: HttpRequest, code: str) -> tuple[Counter, ...]:
    """Return what a try with this class code counts against. The same for codes that no class has."""
    member = _known_member(device_of(request), code)
    if member:
        return (Counter(CLASS_MEMBER, f"{code}:{member}"),)
    return (Counter(CLASS, code), Counter(CLASS_ADDRESS, address_of(request)))


def _known_member(device: Device, code: str) -> str:
    """Return the learner of the class who signed in on this device before; empty where nobody did."""
    if not device.tags:
        return ""
    names = Enrolment.objects.filter(cohort__join_code=code).order_by("pk").values_list("user__username", flat=True)
    return next((name for name in names if device.knows(_account(name))), "")


def enter(request: HttpRequest, user: User, *, way: str, target: str) -> HttpResponse:
    """Sign somebody in whose secret was right, and go on to `target`, past their second factor where they have one."""
    request.session[WAY] = way
    response = _begin(request, user, target)
    theme = "" if user.theme == User.Theme.SYSTEM else user.theme
    remember(response, language=user.language, theme=theme)
    device = device_of(request).remember(_account(user.username))
    response.set_cookie(
        DEVICE_COOKIE,
        str(device),
        max_age=DEVICE_AGE,
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )
    return response


def _begin(request: HttpRequest, user: User, target: str) -> HttpResponse:
    if settings.MUELLE_TOTP:
        response: HttpResponse = perform_login(request, Login(user=user, redirect_url=target))
        return response
    login(request, user, backend=BACKEND)
    return redirect(target)


def school_name() -> str:
    """Return what people call the server that may vouch for them; empty where there is none."""
    return str(settings.MUELLE_OIDC_NAME) if settings.MUELLE_OIDC_SERVER_URL else ""


def device_of(request: HttpRequest) -> Device:
    """Return the browser that asks."""
    return Device.read(request.COOKIES.get(DEVICE_COOKIE, ""))


def _account(username: str) -> str:
    return f"account:{username}"
