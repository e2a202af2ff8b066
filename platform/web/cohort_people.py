"""The people of a cohort, as its pages list them."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Max

from cohorts.models import Cohort, Enrolment, Role
from cohorts.spreadsheets import write_table
from grading.models import Submission
from lab_sessions.models import LabSession


@dataclass(frozen=True)
class Member:
    """One person of a cohort."""

    enrolment: Enrolment
    last_seen: datetime | None

    @property
    def teaches(self) -> bool:
        return self.enrolment.role != Role.LEARNER


def members(cohort: Cohort, *, wanted: str = "") -> list[Member]:
    """Return who is in a cohort, who teaches first; only those whose name or user name has `wanted` in it."""
    rows = cohort.enrolments.select_related("user").order_by("user__last_name", "user__first_name", "user__username")
    found = [row for row in rows if _matches(row, wanted)]
    seen = last_seen([row.user_id for row in found])
    people = [Member(row, _latest(row.user.last_login, seen.get(row.user_id))) for row in found]
    return sorted(people, key=lambda person: not person.teaches)


def last_seen(user_ids: Iterable[int]) -> dict[int, datetime]:
    """Return when people last worked in a lab or handed something in. Two queries."""
    ids = list(user_ids)
    worked = (
        LabSession.objects.filter(learner__in=ids).order_by().values("learner").annotate(at=Max("last_activity_at"))
    )
    handed = Submission.objects.filter(learner__in=ids).order_by().values("learner").annotate(at=Max("created_at"))
    seen: dict[int, datetime] = {}
    for row in [*worked, *handed]:
        latest = _latest(row["at"], seen.get(row["learner"]))
        if latest is not None:
            seen[row["learner"]] = latest
    return seen


def roster_table(cohort: Cohort, language: str) -> str:
    """Return the people of a cohort as CSV that can be read in again, with the delimiter of the language's Excel."""
    headers = {
        "es": ("nombre", "apellidos", "usuario", "correo", "rol"),
        "en": ("first name", "last name", "user name", "e-mail", "role"),
    }
    roles = {"es": {Role.LEARNER: "alumno", Role.ASSISTANT: "ayudante", Role.INSTRUCTOR: "docente"}, "en": {}}
    chosen = language if language in headers else "es"
    rows = [
        (
            member.enrolment.user.first_name,
            member.enrolment.user.last_name,
            member.enrolment.user.username,
            member.enrolment.user.email,
            roles[chosen].get(Role(member.enrolment.role), member.enrolment.role),
        )
        for member in members(cohort)
    ]
    return write_table([headers[chosen], *rows], delimiter=";" if chosen == "es" else ",")


def _matches(row: Enrolment, wanted: str) -> bool:
    where = f"{row.user.first_name} {row.user.last_name} {row.user.username} {row.user.email}"
    return all(word in _folded(where) for word in _folded(wanted).split())


def _folded(text: str) -> str:
    """Without accents and capitals, as people type into a search field."""
    return "".join(sign for sign in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(sign))


def _latest(*moments: datetime | None) -> datetime | None:
    return max((moment for moment in moments if moment is not None), default=None)
