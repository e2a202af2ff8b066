"""Takes a person out of the rows, as the table of decisions says, and out of the words of the record."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from accounts.models import User
from audit.models import Entry
from audit.permanence import unguarded
from privacy.decisions import PSEUDONYM, OnErase, kinds

# What takes the place of words in the record.
ERASED = "(erased)"
# Details of the record that are the platform's own words, whoever acted: names of things, states, reasons from a list.
OWN_WORDS = frozenset({"action", "exercise", "kind", "lab", "lesson", "course", "profile", "reason", "role", "state"})

Judge = Callable[[str, str], str]
"""Takes the name and the text of a detail, returns what stays of it."""


def pseudonym_of(person: User) -> str:
    """What an erased person is called."""
    return PSEUDONYM.format(pk=person.pk)


def erased_accounts() -> list[int]:
    """The numbers of all accounts that were ever erased."""
    entries = Entry.objects.filter(action="erase_person", subject_kind=User._meta.label_lower)
    return sorted({int(number) for number in entries.values_list("subject_id", flat=True)})


def erase_rows(person: User) -> dict[str, int]:
    """Delete or blank the rows of a person; return how many of each kind. In the caller's transaction."""
    done = {}
    for kind in kinds():
        rows = kind.rows(person)
        if kind.decision.on_erase == OnErase.DELETE:
            count = rows.count()
            rows.delete()
        elif kind.decision.on_erase == OnErase.BLANK:
            count = rows.order_by().update(**_blank(kind.decision.blank, person))
        else:
            continue
        if count:
            done[kind.model._meta.label] = count
    return done


def _blank(fields: Any, person: User) -> dict[str, Any]:
    return {name: value.format(pk=person.pk) if isinstance(value, str) else value for name, value in fields.items()}


def erase_from_record(person: User) -> int:
    """Take a person's words and names out of the details of the record; return of how many entries.

    What was done, when, to what and by which account stays: an entry may lose words, but not become untrue. This is
    the one place that changes entries.
    """
    called = _naming(person)
    account = (User._meta.label_lower, str(person.pk))
    changed = 0
    for entry in Entry.objects.exclude(details={}).only("pk", "actor_id", "subject_kind", "subject_id", "details"):
        concerns = entry.actor_id == person.pk or (entry.subject_kind, entry.subject_id) == account
        judge = _without_words if concerns else lambda _name, text: _without_name(text, called, person)
        details = _judged("", entry.details, judge)
        if details != entry.details:
            with unguarded():
                changed += Entry._base_manager.filter(pk=entry.pk).update(details=details)
    return changed


def _judged(name: str, value: Any, judge: Judge) -> Any:
    if isinstance(value, str):
        return judge(name, value)
    if isinstance(value, list):
        return [_judged(name, each, judge) for each in value]
    if isinstance(value, dict):
        return {key: _judged(key, each, judge) for key, each in value.items()}
    return value


def _without_words(name: str, text: str) -> str:
    return text if name in OWN_WORDS else ERASED


def _without_name(text: str, called: re.Pattern[str] | None, person: User) -> str:
    return called.sub(pseudonym_of(person), text) if called else text


def names_of(person: User) -> list[str]:
    """By what a person is known to others, the longest first. A first name alone is other people's, too."""
    names = {person.username, person.email, person.get_full_name() if person.last_name else ""}
    return sorted(filter(None, names), key=len, reverse=True)


def _naming(person: User) -> re.Pattern[str] | None:
    names = names_of(person)
    return re.compile("|".join(rf"(?<!\w){re.escape(name)}(?!\w)" for name in names), re.IGNORECASE) if names else None
