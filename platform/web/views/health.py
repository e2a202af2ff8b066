"""What supervisors, load balancers and collectors of figures ask."""

from django.db import DatabaseError, connection
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST

from web.monitoring.access import may_monitor
from web.monitoring.figures import metrics_text
from web.monitoring.readiness import look


@require_safe
@never_cache
def healthz(request: HttpRequest) -> HttpResponse:
    """Answer 200 while the database answers, else 503. For supervisors and load balancers."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return HttpResponse("database does not answer\n", content_type="text/plain", status=503)
    return HttpResponse("ok\n", content_type="text/plain")


@require_safe
@never_cache
def readyz(request: HttpRequest) -> HttpResponse:
    """Answer 200 while pages can be served, else 503; which part is not well, only to those who may monitor."""
    checks = look()
    ready = all(check.ok for check in checks.values() if check.vital)
    degraded = [name for name, check in checks.items() if not check.ok]
    said: dict[str, object] = {"ready": ready, "degraded": bool(degraded)}
    if may_monitor(request):
        said["checks"] = {name: {"ok": check.ok, "says": check.says} for name, check in checks.items()}
    return JsonResponse(said, status=200 if ready else 503)


@require_safe
@never_cache
def metrics(request: HttpRequest) -> HttpResponse:
    """Figures for Prometheus."""
    if not may_monitor(request):
        raise Http404
    return HttpResponse(metrics_text(), content_type=CONTENT_TYPE_LATEST)
