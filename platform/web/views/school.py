"""Signing in with the word of another server (OpenID Connect): allauth's views, and a sentence where it fails us."""

import logging
from collections.abc import Callable
from typing import Any

from allauth.socialaccount.providers.openid_connect import views as openid
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

logger = logging.getLogger(__name__)


def _vouched(view: Callable[..., Any], request: HttpRequest, provider_id: str) -> HttpResponse:
    """Let `view` ask the other server. It may be away (OSError) or say what makes no sense (the other two)."""
    try:
        response: HttpResponse = view(request, provider_id)
    except (OSError, KeyError, ValueError) as error:
        logger.warning("The OpenID Connect server did not do its part: %s: %s", type(error).__name__, error)
        return render(request, "socialaccount/authentication_error.html", status=401)
    return response


def begin(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Send the browser to the other server. By POST; a link shows a page that asks first."""
    return _vouched(openid.login, request, provider_id)


def back(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Take the browser back from there."""
    return _vouched(openid.callback, request, provider_id)
