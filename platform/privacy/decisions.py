"""One line for every kind of row that belongs to a person: what becomes of it when they are erased.

`tests/privacy/test_decisions.py` walks all models and fails where one that leads to a person has no line here, and
where a text field of a row that stays is neither blanked nor named as harmless. To add a model, add its line:
`"app.Model.path"`, where `path` leads to the user as in a filter (`learner`, `submission__learner`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from django.apps import apps
from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import User


class OnErase(StrEnum):
    DELETE = "delete"  # the rows go
    BLANK = "blank"  # the rows stay, for figures that others need, without anything that the person wrote or is called
    REFER = "refer"  # the rows are not the person's; they go on naming the account, which is a pseudonym then


@dataclass(frozen=True)
class Decision:
    """What becomes of one kind of row.

    blank: what fields hold afterwards, `{pk}` standing for the account's number. keep: text fields of rows that stay
    and never hold anything of a person. hide: fields that are not handed out: secrets, and the platform's machinery.
    """

    title: str | Promise
    on_erase: OnErase
    why: str
    blank: Mapping[str, Any] = field(default_factory=dict)
    keep: frozenset[str] = frozenset()
    hide: frozenset[str] = frozenset()


def _delete(title: str | Promise, why: str, *, hide: str = "") -> Decision:
    return Decision(title, OnErase.DELETE, why, hide=frozenset(hide.split()))


def _refer(title: str | Promise, why: str) -> Decision:
    return Decision(title, OnErase.REFER, why)


# Of all who were erased one is told apart from the other by a number, and by nothing else.
PSEUDONYM = "erased-{pk}"
# What Django takes for a password that nobody has.
NO_PASSWORD = "!erased"  # noqa: S105  # not a password: it says that there is none

# In the order in which an erasure goes through them: what refers before what is referred to.
GDPR: dict[str, Decision] = {
    "web_ports.Visit.visitor": _delete(
        _("Ports of labs that you opened"), "worth nothing once the lab is over", hide="ticket cookie sign_in"
    ),
    "grading.TickChain.lab_session__learner": _delete(_("Automatic checks under way"), "machinery of a lab that ends"),
    "grading.CheckResult.submission__learner": Decision(
        _("What checks found"),
        OnErase.BLANK,
        "how often a check passes is a fact about the lesson; what it found was in the person's lab",
        blank={"expected": {}, "found": {}, "hint": {}, "evidence": {}},
        keep=frozenset({"kind", "level"}),
    ),
    "grading.Submission.learner": Decision(
        _("What you handed in"),
        OnErase.BLANK,
        "how often an exercise is solved is a fact about the lesson; the answer was the person's",
        blank={"answer": {}},
        keep=frozenset({"exercise_key", "lease_owner"}),
        hide=frozenset({"lease_owner", "lease_until", "attempts"}),
    ),
    "classroom.Assistance.lab_session__learner": _delete(
        _("Who watched or helped in your labs"), "the labs are gone; the record keeps that it was asked and allowed"
    ),
    "classroom.Assistance.by": _delete(_("Labs that you watched or helped in"), "the record keeps that it was done"),
    "classroom.Presence.user": _delete(_("When you were last here"), "whereabouts of a person"),
    "classroom.HelpRequest.learner": _delete(_("Hands that you raised"), "what was hard is theirs to know"),
    "classroom.HelpRequest.taken_by": _refer(_("Raised hands that you went to"), "the hand is the learner's"),
    "classroom.Dismissal.user": _delete(_("Words to the class that you put away"), "nobody needs it"),
    "classroom.Announcement.by": _refer(_("Words that you said to a class"), "the class was told them"),
    "lab_sessions.WarmUp.by": _refer(_("Labs that you had warmed up"), "when machines waited stays known"),
    "lab_sessions.LabSession.learner": _delete(
        _("Your lab sessions"), "their machines are gone; the record of actions still counts them",
        hide="lease_until attempts warned",
    ),
    "api.ApiToken.user": _delete(_("API tokens"), "keys to an account that nobody may use any more", hide="digest"),
    "progress.HintUse.learner": _delete(_("Hints that you opened"), "what was hard for a person is theirs to know"),
    "gradebook.GradeOverride.learner": _delete(_("Grades given to you by hand"), "the reason tells of the person"),
    "gradebook.GradeOverride.by": _refer(
        _("Grades that you gave by hand"), "the grade and its reason are the learner's, who may ask why"
    ),
    "grading.CheckCorrection.by": _refer(_("Checks that you corrected"), "what the class was judged by stays known"),
    "lab_sessions.Drain.by": _refer(_("Record of what you did"), "when no lab could start stays known"),
    "cohorts.RevealedSolution.revealed_by": _refer(_("Solutions that you revealed"), "the class saw them"),
    "cohorts.Enrolment.user": _delete(_("Classes"), "a class has no people whom nobody knows", hide="pin_digest"),
    "privacy.ErasureRequest.person": _delete(_("Your request to be erased"), "it is granted"),
    "audit.Entry.actor": _refer(
        _("Record of what you did"), "the record only grows: who acted stays one and the same, under the pseudonym"
    ),
    # Sign-in by other means; installed where the settings ask for it.
    "account.EmailConfirmation.email_address__user": _delete(
        _("E-mail addresses"), "a key to an address that goes", hide="key"
    ),
    "account.EmailAddress.user": _delete(_("E-mail addresses"), "identifies the person"),
    "mfa.Authenticator.user": _delete(_("Second factors"), "a secret of the person", hide="data"),
    "socialaccount.SocialToken.account__user": _delete(
        _("Tokens of other sites"), "a secret of the person", hide="token token_secret"
    ),
    "socialaccount.SocialAccount.user": _delete(_("Accounts of other sites"), "identifies the person"),
    "accounts.User_groups.user": _delete(_("Groups"), "rights of an account that has none any more"),
    "accounts.User_user_permissions.user": _delete(_("Permissions"), "rights of an account that has none any more"),
    "accounts.User.pk": Decision(
        _("Your account"),
        OnErase.BLANK,
        "a pseudonym, so that the record and the figures stay true without knowing whose they were",
        blank={
            "username": PSEUDONYM, "first_name": "", "last_name": "", "email": "", "password": NO_PASSWORD,
            "is_active": False, "is_staff": False, "is_superuser": False, "last_login": None,
            "language": "", "theme": User.Theme.SYSTEM,
        },
        hide=frozenset({"password"}),
    ),
}  # fmt: skip


@dataclass(frozen=True)
class Kind:
    """One line of the table, with its model."""

    model: type[models.Model]
    path: str
    decision: Decision

    def rows(self, person: User) -> models.QuerySet[models.Model]:
        """The rows of one person, oldest first."""
        return self.model._base_manager.filter(**{self.path: person.pk}).order_by("pk")


def kinds() -> Iterator[Kind]:
    """The lines of the table whose apps are installed, in its order."""
    for name, decision in GDPR.items():
        app, model, path = name.split(".")
        if app in apps.app_configs:
            yield Kind(apps.get_model(app, model), path, decision)
