"""The page where people make and revoke tokens, and what stands at addresses that the API does not have."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from api.actions import create_token, revoke_token
from api.forms import TokenForm
from api.models import ApiToken
from audit.actions import NotPossible
from web.access import SignedInRequest, signed_in


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def tokens(request: SignedInRequest) -> HttpResponse:
    """List one's tokens and make another one, whose text is shown this once."""
    form = TokenForm(request.POST if request.method == "POST" else None)
    text = refusal = ""
    if request.method == "POST" and form.is_valid():
        try:
            _token, text = create_token(by=request.user, **form.cleaned_data)
            form = TokenForm()
        except NotPossible as error:
            refusal = str(error)
    context = {
        "form": form,
        "text": text,
        "refusal": refusal,
        "tokens": ApiToken.objects.usable(timezone.now()).filter(user=request.user),
    }
    return render(request, "api/tokens.html", context, status=422 if form.errors or refusal else 200)


@require_POST
@signed_in
def revoke(request: SignedInRequest, token: int) -> HttpResponse:
    """Make a token useless."""
    revoke_token(by=request.user, token=get_object_or_404(ApiToken, pk=token, user=request.user))
    messages.success(request, _("The token opens nothing any more."))
    return redirect("tokens")


@csrf_exempt  # writes nothing, and a program has no proof to send
def nothing(request: HttpRequest, rest: str) -> JsonResponse:
    """Say to a program, as it expects to be told, that there is nothing here."""
    sentence = _("There is nothing with this address, or it is not yours to see.")
    return JsonResponse({"detail": sentence, "problems": []}, status=404)
