"""The last health report, which the reconciler made, since it alone can ask the engine."""

from datetime import datetime

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from operations.actions import ask_for_report
from operations.doctor.base import Finding, State
from operations.doctor.texts import Line
from operations.models import HealthReport
from operations.timing import REPORT_EVERY
from web.access import SignedInRequest, is_htmx
from web.views.operations.doors import admins_only

LATE = 2 * REPORT_EVERY  # after which nobody makes reports any more


@require_safe
@admins_only
def health(request: SignedInRequest) -> HttpResponse:
    """Show what was found, the worst first."""
    name = "operations/_report.html" if is_htmx(request) else "operations/health.html"
    return render(request, name, _report(timezone.now()))


@require_POST
@admins_only
def examine(request: SignedInRequest) -> HttpResponse:
    """Have everything examined anew."""
    ask_for_report(by=request.user)
    if is_htmx(request):
        return render(request, "operations/_report.html", _report(timezone.now()))
    return redirect("operations:health")


def _report(now: datetime) -> dict[str, object]:
    report = HealthReport.objects.filter(pk=HealthReport.ONLY).first()
    findings = [Finding.from_json(each) for each in report.findings] if report else []
    order = [State.BAD, State.WARN, State.GOOD]
    lines = [Line(finding) for finding in sorted(findings, key=lambda each: order.index(each.state))]
    return {
        "report": report,
        "lines": lines,
        "counts": {state.value: sum(each.state == state for each in findings) for state in State},
        "asked": report is not None and report.asked_at is not None,
        "late": report is None or report.at is None or now - report.at > LATE,
    }
