"""Accounts: find, open, change roles, disable, sign out, draw passwords."""

from collections.abc import Callable
from typing import Any

from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.actions import Role
from accounts.models import User
from lab_sessions.models import LabSession
from operations import actions
from operations.queries import find_accounts, last_seen, sign_ins_of
from web.access import SignedInRequest
from web.attempting import attempt
from web.forms.operations import AccountForm, PeopleForm, RoleForm
from web.views.operations.doors import admins_only

PAGE = 50  # people on a page


@require_safe
@admins_only
def people(request: SignedInRequest) -> HttpResponse:
    """Find people."""
    return _list(request, AccountForm())


@require_POST
@admins_only
def add(request: SignedInRequest) -> HttpResponse:
    """Open an account and show its password, this once."""
    form = AccountForm(request.POST)
    if form.is_valid():
        chosen = form.cleaned_data
        try:
            person, password = actions.open_account(
                by=request.user,
                username=chosen["username"],
                first_name=chosen["first_name"],
                role=Role(chosen["role"]),
            )
        except ValidationError as error:
            for sentence in error.messages:
                form.add_error("username", sentence)
        else:
            return _password_shown(request, person, password)
    return _list(request, form, status=422)


@require_safe
@admins_only
def person(request: SignedInRequest, person: int) -> HttpResponse:
    """Show one account and what can be done with it."""
    row = get_object_or_404(find_accounts(), pk=person)
    context = {
        "person": row,
        "role": actions.role_of(row),
        "last_seen": last_seen(row),
        "sign_ins": sign_ins_of(row),
        "live": LabSession.objects.live().filter(learner=row).count(),
        "form": RoleForm(initial={"role": actions.role_of(row).value}),
        "oneself": row.pk == request.user.pk,
    }
    return render(request, "operations/person.html", context)


@require_POST
@admins_only
def role(request: SignedInRequest, person: int) -> HttpResponse:
    """Change what somebody is on this server."""
    form = RoleForm(request.POST)
    row = get_object_or_404(User, pk=person)
    if form.is_valid():
        chosen = Role(form.cleaned_data["role"])
        attempt(
            request,
            lambda: actions.set_account_role(by=request.user, person=row, role=chosen),
            _("The role was changed."),
        )
    return redirect("operations:person", person=person)


@require_POST
@admins_only
def disable(request: SignedInRequest, person: int) -> HttpResponse:
    """Let somebody in no more."""
    return _do(request, person, actions.disable_account, _("The account is disabled, and what it had open has ended."))


@require_POST
@admins_only
def enable(request: SignedInRequest, person: int) -> HttpResponse:
    """Let somebody in again."""
    return _do(request, person, actions.enable_account, _("The account can be used again."))


@require_POST
@admins_only
def sign_out(request: SignedInRequest, person: int) -> HttpResponse:
    """Sign somebody out everywhere."""
    return _do(request, person, actions.end_sign_ins, _("Signed out everywhere."))


def _do(request: SignedInRequest, person: int, action: Callable[..., Any], done: str) -> HttpResponse:
    row = get_object_or_404(User, pk=person)
    attempt(request, lambda: action(by=request.user, person=row), done)
    return redirect("operations:person", person=person)


def _password_shown(request: SignedInRequest, person: User, password: str) -> HttpResponse:
    """Not after a redirect: the password would have to be kept somewhere meanwhile."""
    return render(request, "operations/password.html", {"person": person, "password": password})


def _list(request: SignedInRequest, form: AccountForm, status: int = 200) -> HttpResponse:
    search = PeopleForm(request.GET)
    chosen = search.cleaned_data if search.is_valid() else {}
    found = find_accounts(chosen.get("words", ""), chosen.get("role", ""))
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    lines = [{"person": each, "role": actions.role_of(each), "seen": last_seen(each)} for each in page]
    context = {"search": search, "form": form, "page": page, "lines": lines, "query": _without_page(request)}
    return render(request, "operations/people.html", context, status=status)


def _without_page(request: SignedInRequest) -> str:
    query = request.GET.copy()
    query.pop("page", None)
    return query.urlencode()
