"""The audit log: filter, page, take away as a table. Nothing here changes it; nothing can."""

import json
from collections.abc import Iterator

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from audit.models import Entry
from gradebook.export import csv_lines
from operations.audit_words import DEEDS
from web.access import SignedInRequest
from web.forms.operations import AuditForm
from web.views.operations.doors import admins_only

PAGE = 50  # entries on a page
# A table that programs still open, and that one request may take: some ten megabytes.
MOST_EXPORTED = 50_000
PLATFORM = "-"  # what one types to see what the platform did by itself
HEADER = ("at", "actor", "action", "subject_kind", "subject_id", "details")


@require_safe
@admins_only
def audit(request: SignedInRequest) -> HttpResponse:
    """Show entries, newest first."""
    form = _form(request)
    page = Paginator(_chosen(form), PAGE).get_page(request.GET.get("page"))
    query = request.GET.copy()
    query.pop("page", None)
    context = {
        "form": form,
        "page": page,
        "deeds": DEEDS,
        "query": query.urlencode(),
        "most_exported": MOST_EXPORTED,
    }
    return render(request, "operations/audit.html", context)


@require_safe
@admins_only
def audit_csv(request: SignedInRequest) -> HttpResponse:
    """Give the same entries as a table."""
    name = f"audit-{timezone.localdate():%Y-%m-%d}.csv"
    text = "".join(csv_lines([HEADER, *_rows(_chosen(_form(request)))]))
    response = HttpResponse(text, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _form(request: SignedInRequest) -> AuditForm:
    names = Entry.objects.order_by()
    return AuditForm(
        request.GET,
        actions=sorted(names.values_list("action", flat=True).distinct()),
        kinds=sorted(names.values_list("subject_kind", flat=True).distinct()),
    )


def _chosen(form: AuditForm) -> QuerySet[Entry]:
    """The entries that a form asks for; none where what it asks for makes no sense."""
    found = Entry.objects.select_related("actor").order_by("-at", "-pk")
    if not form.is_valid():
        return found.none()
    chosen = form.cleaned_data
    if chosen["actor"]:
        found = found.by_platform() if chosen["actor"] == PLATFORM else found.by(chosen["actor"])
    if chosen["action"]:
        found = found.filter(action=chosen["action"])
    if chosen["kind"] or chosen["subject"]:
        found = found.about(chosen["kind"], chosen["subject"])
    return found.between(form.begin, form.end)


def _rows(entries: QuerySet[Entry]) -> Iterator[tuple[object, ...]]:
    for entry in entries[:MOST_EXPORTED]:
        details = json.dumps(entry.details, ensure_ascii=False, sort_keys=True)
        actor = entry.actor.username if entry.actor else ""
        yield entry.at.isoformat(), actor, entry.action, entry.subject_kind, entry.subject_id, details
