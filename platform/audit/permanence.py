"""The database itself refuses to change the record, whoever asks and by whatever way.

One change is let through: an entry may forget its actor, because a person who asks for it is erased, and what they did
then stays without their name. A table that a later migration builds anew (SQLite does so for most changes) loses its
triggers: that migration calls `guard` again, and tests/audit/test_permanence.py fails until it does.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

REFUSAL = "audit entries are permanent"

# `details` is text in SQLite; `IS` and not `=`, since of two NULLs nobody knows whether they are equal.
_SQLITE = (
    f"""CREATE TRIGGER audit_entry_keep BEFORE DELETE ON audit_entry
    BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END""",
    f"""CREATE TRIGGER audit_entry_fix BEFORE UPDATE ON audit_entry
    WHEN NOT (NEW.actor_id IS NULL AND NEW.id IS OLD.id AND NEW.at IS OLD.at AND NEW.action IS OLD.action
        AND NEW.subject_kind IS OLD.subject_kind AND NEW.subject_id IS OLD.subject_id AND NEW.details IS OLD.details)
    BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END""",
)
_SQLITE_AWAY = ("DROP TRIGGER IF EXISTS audit_entry_keep", "DROP TRIGGER IF EXISTS audit_entry_fix")

_POSTGRESQL = (
    f"""CREATE OR REPLACE FUNCTION audit_entry_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF TG_OP = 'UPDATE' AND NEW.actor_id IS NULL AND to_jsonb(NEW) - 'actor_id' = to_jsonb(OLD) - 'actor_id' THEN
            RETURN NEW;
        END IF;
        RAISE EXCEPTION '{REFUSAL}' USING ERRCODE = 'integrity_constraint_violation';
    END $$""",
    """CREATE TRIGGER audit_entry_keep BEFORE DELETE OR UPDATE ON audit_entry
    FOR EACH ROW EXECUTE FUNCTION audit_entry_refuse()""",
)
_POSTGRESQL_AWAY = (
    "DROP TRIGGER IF EXISTS audit_entry_keep ON audit_entry",
    "DROP FUNCTION IF EXISTS audit_entry_refuse()",
)

GUARDS = {"sqlite": _SQLITE, "postgresql": _POSTGRESQL}
UNGUARDS = {"sqlite": _SQLITE_AWAY, "postgresql": _POSTGRESQL_AWAY}


@contextmanager
def unguarded() -> Iterator[None]:
    """Lift the guard inside the caller's transaction: for the erasure of a person's words, and for nothing else."""
    with connection.cursor() as cursor:
        for statement in UNGUARDS[connection.vendor]:
            cursor.execute(statement)
        yield
        for statement in GUARDS[connection.vendor]:
            cursor.execute(statement)


def guard(_apps: Any, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Put the triggers up, as a step of a migration."""
    unguard(_apps, schema_editor)
    for statement in GUARDS[schema_editor.connection.vendor]:
        schema_editor.execute(statement, params=None)


def unguard(_apps: Any, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Take the triggers away, as a step of a migration back."""
    for statement in UNGUARDS[schema_editor.connection.vendor]:
        schema_editor.execute(statement, params=None)
