"""Pages for what went wrong: what happened, and what to do."""

import logging

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.cache import add_never_cache_headers

from cohorts.permissions import LessonShut
from web.access import is_htmx
from web.addresses import Address

logger = logging.getLogger(__name__)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Show that the server did not understand."""
    return render(request, "errors/400.html", status=400)


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Show why somebody may not do this: the sentence of the PermissionDenied that was raised."""
    if isinstance(exception, LessonShut):
        return _lesson_shut(request, exception)
    sentence = str(exception) if isinstance(exception, PermissionDenied) else ""
    return render(request, "errors/403.html", {"sentence": sentence}, status=403)


def _lesson_shut(request: HttpRequest, refusal: LessonShut) -> HttpResponse:
    """Show when the lesson opens, or since when it is shut. A page of it that is open still is exchanged for that."""
    if is_htmx(request):
        return HttpResponse(status=403, headers={"HX-Refresh": "true"})
    context = {"sentence": str(refusal), "shut": refusal.shut, "course": Address.of(refusal.lesson_key).course}
    response = render(request, "lessons/shut.html", context, status=403)
    add_never_cache_headers(response)
    return response


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Show that there is nothing here."""
    return render(request, "errors/404.html", status=404)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Show that a form came without its proof; nearly always because it was open for too long."""
    logger.warning("CSRF check failed on %s: %s", request.path, reason)
    return render(request, "errors/csrf.html", status=403)


def server_error(request: HttpRequest) -> HttpResponse:
    """Show that we failed. Without context: whatever broke may break here too."""
    return HttpResponse(render_to_string("errors/500.html"), status=500)
