"""That a person gets everything that is theirs, in a form that they can read, and nobody else does."""

import io
import json
import stat
import zipfile

import pytest
from django.core.exceptions import PermissionDenied
from django.core.management import CommandError, call_command
from django.utils import translation

from audit.models import Entry
from privacy.actions import export_person
from privacy.decisions import kinds
from privacy.exporting import file_name, summary


def unpack(packed: bytes) -> dict[str, str]:
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        return {name: archive.read(name).decode() for name in archive.namelist()}


def test_everything_that_the_person_wrote_is_in_it(carol):
    files = unpack(export_person(by=carol.person, person=carol.person))

    everything = "\n".join(files.values())
    visit = carol.person.visits.get()
    secret = {visit.ticket, visit.sign_in}  # digests that open things are for nobody to read
    about_others = {bird for bird in carol.aviary.birds if bird not in everything} - secret
    sign_in_note, record_about = carol.aviary.birds[-1], set(carol.aviary.birds[-3:-1])
    assert about_others == {sign_in_note, *record_about}  # the record of what others did is theirs
    assert visit.ticket not in everything
    assert carol.person.password not in everything


def test_it_is_json_with_words_around_it(carol):
    files = unpack(export_person(by=carol.person, person=carol.person))

    account = json.loads(files["accounts-user.json"])
    assert account[0]["username"] == carol.person.username
    assert "\n  " in files["accounts-user.json"]
    assert "grading-submission.json: What you handed in (1)" in files["README.en.txt"]
    assert f"({carol.person.username})" in files["README.es.txt"]
    assert files["README.es.txt"] != files["README.en.txt"]


def test_of_others_there_is_nothing(carol, alice, world):
    theirs = unpack(export_person(by=alice, person=alice))

    assert not [bird for bird in carol.aviary.birds if bird in "".join(theirs.values())]
    assert set(theirs) == {"README.es.txt", "README.en.txt", "accounts-user.json", "audit-entry-actor.json"}


def test_admins_may_have_it_and_others_may_not(carol, root, ivy, alice):
    for nobody in (ivy, alice):
        with pytest.raises(PermissionDenied):
            export_person(by=nobody, person=carol.person)

    assert export_person(by=root, person=carol.person)

    entry = Entry.objects.latest("pk")
    assert (entry.action, entry.actor, entry.subject_id) == ("export_person", root, str(carol.person.pk))


def test_summary_counts_what_there_is(carol):
    with translation.override("en"):
        found = dict(summary(carol.person))

    assert found["Your account"] == 1
    assert found["Your lab sessions"] == 2
    assert "Second factors" not in found


def test_command_writes_a_private_file(carol, tmp_path, capsys):
    target = tmp_path / "carol.zip"

    call_command("export_person", carol.person.username, "--to", str(target))

    assert "accounts-user.json" in unpack(target.read_bytes())
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    assert str(target) in capsys.readouterr().out


def test_command_says_when_there_is_nobody(db):
    with pytest.raises(CommandError, match="nobody called dora"):
        call_command("export_person", "dora")


def test_every_kind_has_a_file_of_its_own():
    names = [file_name(kind) for kind in kinds()]

    assert len(set(names)) == len(names)
