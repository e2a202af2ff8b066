import pytest

from audit.actions import record
from audit.models import Entry, EntryIsPermanent


def test_an_entry_says_who_did_what_to_what(alice, bob):
    record(by=alice, action="greet", subject=bob, words="hello")

    entry = Entry.objects.get()
    assert (entry.actor, entry.action, entry.subject_kind, entry.subject_id) == (
        alice,
        "greet",
        "accounts.user",
        str(bob.pk),
    )
    assert entry.details == {"words": "hello"}


def test_an_entry_is_permanent(alice):
    entry = record(by=alice, action="greet", subject=alice)

    with pytest.raises(EntryIsPermanent):
        entry.save()
    with pytest.raises(EntryIsPermanent):
        entry.delete()
