"""What every template knows."""

import json
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext as _

from accounts.models import User
from cohorts.permissions import teaches_at_all
from web.lan import is_readable_by_others
from web.preferences import DARK_MEDIA, theme_of

HTMX_CONFIG = {
    "disableInheritance": True,  # what a request does is written where it is made
    "allowEval": False,  # the content policy forbids it
    "allowScriptTags": False,  # fragments never bring programs along
    "includeIndicatorStyles": False,  # would be a <style> element without a nonce
    "selfRequestsOnly": True,
    "historyEnabled": False,  # parts of a page change, addresses do not
    "historyCacheSize": 0,  # no copies of pages in the browser's storage
    "defaultSwapStyle": "outerHTML",
    "defaultSettleDelay": 0,
    "timeout": 15_000,  # milliseconds; the server answers within 5 or not at all
    "responseHandling": [
        {"code": "204", "swap": False},
        {"code": "[23]..", "swap": True},
        {"code": "(409|422)", "swap": True},  # a sentence in place of what was asked for
        {"code": "...", "swap": False, "error": True},
    ],
}


def site(request: HttpRequest) -> dict[str, Any]:
    """Return the facts of the site under one name."""
    theme = theme_of(request)
    return {
        "ui": {
            "theme": theme,
            "dark_media": DARK_MEDIA[theme],
            "readable_by_others": is_readable_by_others(request),
            "version": settings.VERSION,
            "languages": [("es", "Español"), ("en", "English")],
            "htmx_config": json.dumps(HTMX_CONFIG),
            "strings": strings(),
            "xterm_from_network": settings.MUELLE_XTERM_CDN,
            "teaches": lambda: isinstance(request.user, User) and teaches_at_all(request.user),
        }
    }


def strings() -> dict[str, str]:
    """Return the sentences that scripts show, in the active language. Placeholders in braces are filled by them."""
    return {
        "needs_lab": _("Start the lab to run this."),
        "copied": _("Copied"),
        "not_copied": _("The browser did not allow copying. Select the text and copy it."),
        "gone": _("This no longer exists. Load the page again."),
        "trouble": _("The server did not answer. What you see may be old."),
        "retry": _("Try again"),
        "passed": _("Done: {title}"),
        "time_left": _("{time} left"),
        "minutes_left": _("{count} min left"),
    }
