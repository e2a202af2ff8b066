"""What a person may ask about their own data."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from privacy.actions import export_person, request_erasure, withdraw_erasure_request
from privacy.exporting import summary
from privacy.models import ErasureRequest
from web.access import SignedInRequest, signed_in


@require_safe
@signed_in
def my_data(request: SignedInRequest) -> HttpResponse:
    """Show what is kept, and what a person can do about it."""
    asked = ErasureRequest.objects.filter(person=request.user).first()
    return render(request, "privacy/my_data.html", {"kinds": summary(request.user), "asked": asked})


@require_POST
@signed_in
def export(request: SignedInRequest) -> HttpResponse:
    """Hand everything over as a zip. By POST, since it is noted in the record."""
    packed = export_person(by=request.user, person=request.user)
    response = HttpResponse(packed, content_type="application/zip")
    response["Content-Disposition"] = f'attachment; filename="muelle-{timezone.localdate():%Y-%m-%d}.zip"'
    return response


@require_POST
@signed_in
def erasure(request: SignedInRequest) -> HttpResponse:
    """Ask to be erased, or take that back."""
    if "withdraw" in request.POST:
        withdraw_erasure_request(by=request.user)
        messages.success(request, _("Your request is withdrawn. Nothing was erased."))
    else:
        request_erasure(by=request.user)
        messages.success(request, _("Your request is noted. An admin will erase your data."))
    return redirect("privacy:my_data")
