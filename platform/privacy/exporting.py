"""Everything of a person as one zip of JSON files that a person can read."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from accounts.models import User
from privacy.decisions import Kind, OnErase, kinds
from privacy.sign_ins import sign_ins_of

LANGUAGES = ("es", "en")
# Of each kind. A year of a busy learner is some thousands; a platform that is asked for more says so in the file.
MOST_ROWS = 50_000


def export_zip(person: User) -> bytes:
    """Return the zip. Reads only."""
    packed = io.BytesIO()
    files: dict[str, tuple[Kind | None, list[dict[str, Any]]]] = {
        file_name(kind): (kind, list(_rows(kind, person))) for kind in kinds()
    }
    sign_ins = [{"expires_at": sign_in.expire_date} for sign_in in sign_ins_of(person)]
    files["sign-ins.json"] = (None, sign_ins)
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for language in LANGUAGES:
            with translation.override(language):
                archive.writestr(f"README.{language}.txt", _about(person, files))
        for name, (_kind, rows) in files.items():
            if rows:
                archive.writestr(name, _as_text(rows))
    return packed.getvalue()


def summary(person: User) -> list[tuple[str, int]]:
    """What there is, in words, and how many rows of it."""
    found = [(str(kind.decision.title), kind.rows(person).count()) for kind in kinds()]
    return [(title, count) for title, count in [*found, (_("Devices signed in"), len(sign_ins_of(person)))] if count]


def file_name(kind: Kind) -> str:
    """Where the rows of a kind are in the zip."""
    # Of one model there may be rows that are a person's, in one way or two, and others that only name them.
    first = next(each for each in kinds() if each.model is kind.model)
    more = f"-{kind.path}" if kind.decision.on_erase == OnErase.REFER or kind != first else ""
    return f"{kind.model._meta.app_label}-{kind.model._meta.model_name}{more}.json"


def _rows(kind: Kind, person: User) -> Iterator[dict[str, Any]]:
    fields = [column for column in kind.model._meta.concrete_fields if column.name not in kind.decision.hide]
    for row in kind.rows(person)[:MOST_ROWS]:
        yield {column.name: _value(row, column) for column in fields}


def _value(row: models.Model, column: models.Field[Any, Any]) -> Any:
    value = column.value_from_object(row)
    return value.name if isinstance(column, models.FileField) else value


def _as_text(rows: list[dict[str, Any]]) -> str:
    return json.dumps(rows, cls=DjangoJSONEncoder, ensure_ascii=False, indent=2) + "\n"


def _about(person: User, files: dict[str, tuple[Kind | None, list[dict[str, Any]]]]) -> str:
    lines = [
        _("What Muelle knows of %(name)s (%(username)s), as of %(date)s.")
        % {"name": person, "username": person.username, "date": f"{timezone.now():%Y-%m-%d %H:%M} UTC"},
        "",
        _("Each file is JSON: text that any editor shows."),
        _("Not in it: your password and other secrets, of which only digests are kept. What you type is not kept."),
        "",
    ]
    for name, (kind, rows) in files.items():
        if rows:
            title = kind.decision.title if kind else _("Devices signed in")
            lines.append(f"{name}: {title} ({len(rows)})")
    return "\n".join(lines) + "\n"
