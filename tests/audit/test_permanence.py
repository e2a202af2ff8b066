"""H04: the record only grows: code is told so, and the database refuses, whoever asks."""

import pytest
from django.db import IntegrityError, connection, transaction

from accounts.models import User
from audit.actions import record
from audit.models import Entry, EntryIsPermanent


@pytest.fixture
def entry(alice) -> Entry:
    return record(by=alice, action="greet", subject=alice, words="hello")


def run(statement: str, *values: object) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, values)


def test_code_is_told_at_once(entry):
    with pytest.raises(EntryIsPermanent):
        Entry.objects.filter(pk=entry.pk).update(action="praise")
    with pytest.raises(EntryIsPermanent):
        Entry.objects.all().delete()


@pytest.mark.parametrize(
    "change",
    [
        "action = 'praise'",
        "subject_kind = 'x'",
        "subject_id = '0'",
        "details = '{}'",
        "at = '2020-01-01 00:00:00+00:00'",
        "id = id + 100",
        "actor_id = NULL, action = 'praise'",
    ],
)
def test_the_database_refuses_a_change(entry, change):
    with pytest.raises(IntegrityError, match="permanent"):
        run(f"UPDATE audit_entry SET {change} WHERE id = %s", entry.pk)

    entry.refresh_from_db()
    assert (entry.action, entry.subject_kind, entry.details) == ("greet", "accounts.user", {"words": "hello"})


def test_the_database_refuses_another_actor(entry, bob):
    with pytest.raises(IntegrityError, match="permanent"):
        run("UPDATE audit_entry SET actor_id = %s WHERE id = %s", bob.pk, entry.pk)


def test_the_database_refuses_to_delete(entry):
    with pytest.raises(IntegrityError, match="permanent"):
        run("DELETE FROM audit_entry WHERE id = %s", entry.pk)

    assert Entry.objects.filter(pk=entry.pk).exists()


def test_entries_of_the_platform_are_no_easier_to_change(alice):
    entry = record(by=None, action="greet", subject=alice)

    with pytest.raises(IntegrityError, match="permanent"):
        run("UPDATE audit_entry SET action = 'praise' WHERE id = %s", entry.pk)


def test_who_is_erased_leaves_what_was_done_without_the_name(entry, alice):
    User.objects.get(pk=alice.pk).delete()

    entry.refresh_from_db()
    assert entry.actor is None
    assert (entry.action, entry.details) == ("greet", {"words": "hello"})


def test_finding_entries(entry, alice, bob):
    other = record(by=bob, action="end", subject=bob)
    by_itself = record(by=None, action="end", subject=alice)

    assert set(Entry.objects.by("ALICE")) == {entry}
    assert set(Entry.objects.by_platform()) == {by_itself}
    assert set(Entry.objects.about("accounts.user", str(alice.pk))) == {entry, by_itself}
    assert set(Entry.objects.about("accounts.user")) == {entry, other, by_itself}
    assert set(Entry.objects.between(other.at, None)) == {other, by_itself}
    assert set(Entry.objects.between(None, other.at)) == {entry}
