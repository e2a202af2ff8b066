"""H06: that nothing of an erased person is left, and that what stays is still true."""

from __future__ import annotations

import json

import pytest
from django.contrib.auth import authenticate
from django.contrib.sessions.models import Session
from django.core.exceptions import PermissionDenied
from django.core.management import CommandError, call_command
from django.db import connection

from accounts.models import User
from audit.models import Entry
from cohorts.actions import create_cohort, enrol
from grading.models import CheckResult, Submission, Verdict
from lab_sessions.models import LabSession
from privacy import traces
from privacy.actions import erase_person, request_erasure, withdraw_erasure_request
from privacy.erasing import erased_accounts
from privacy.models import ErasureRequest

CANARIES = 12  # at least: what the security blueprint asks for


def dump() -> str:
    """Return the whole database as text: every row of every table, and what is packed into sign-ins."""
    lines = [json.dumps(row.get_decoded()) for row in Session.objects.all()]
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')
            lines += [f"{table}: {row!r}" for row in cursor.fetchall()]
    return "\n".join(lines)


def test_of_every_word_of_a_person_nothing_is_left(carol, root):
    before = dump()
    assert len(carol.aviary.birds) >= CANARIES
    assert [bird for bird in carol.aviary.birds if bird not in before] == []  # the control: all of them are seen

    erase_person(by=root, person=carol.person)

    after = dump()
    assert [bird for bird in carol.aviary.birds if bird in after] == []


def test_figures_and_record_stay_true(carol, root, world):
    entries = list(
        Entry.objects.order_by("pk").values_list("pk", "at", "action", "actor", "subject_kind", "subject_id")
    )

    erase_person(by=root, person=carol.person)

    submission = Submission.objects.get(pk=carol.submission.pk)
    assert (submission.verdict, submission.exercise_key) == (Verdict.FAIL, world.answered.key)
    assert (submission.answer, submission.lab_session) == ({}, None)
    assert CheckResult.objects.filter(submission=submission, kind="file", verdict=Verdict.FAIL, found={}).count() == 1
    now = list(Entry.objects.order_by("pk").values_list("pk", "at", "action", "actor", "subject_kind", "subject_id"))
    assert now[: len(entries)] == entries
    done = Entry.objects.get(action="hand_in").details
    assert done == {"lesson": world.lesson.key, "answer": "(erased)"}
    roster = Entry.objects.get(action="import_roster").details["people"]
    assert roster == [f"Row 3: erased-{carol.person.pk}", f"erased-{carol.person.pk}"]
    last = Entry.objects.latest("pk")
    assert (last.action, last.actor, last.subject_id) == ("erase_person", root, str(carol.person.pk))


def test_the_account_is_a_pseudonym_that_nobody_can_use(carol, root):
    erase_person(by=root, person=carol.person)

    person = User.objects.get(pk=carol.person.pk)
    assert (person.username, person.get_full_name(), person.email) == (f"erased-{person.pk}", "", "")
    assert not person.is_active
    assert not person.has_usable_password()
    assert authenticate(username=person.username, password="carol-password") is None


def test_labs_end_and_everybody_else_keeps_theirs(carol, root, world, alice, bob):
    kept = world.session(bob)
    answer = world.submission(bob, world.answered, Verdict.PASS, answer={"text": "bob's"})
    cohort = create_cohort(by=root, name="Ships")
    enrol(by=root, cohort=cohort, user=carol.person)
    enrol(by=root, cohort=cohort, user=bob)

    erase_person(by=root, person=carol.person)

    assert list(LabSession.objects.all()) == [kept]
    assert Submission.objects.get(pk=answer.pk).answer == {"text": "bob's"}
    assert [enrolment.user for enrolment in cohort.enrolments.exclude(user=root)] == [bob]
    ends = Entry.objects.filter(action="end_lab_session", subject_id=str(carol.session.pk))
    assert [(entry.actor, entry.details) for entry in ends] == [(None, {"reason": "staff"})]


def test_it_can_be_done_again(carol, root):
    erase_person(by=root, person=carol.person)

    erase_person(by=root, person=User.objects.get(pk=carol.person.pk))

    assert erased_accounts() == [carol.person.pk]


def test_only_admins_may_and_not_the_last_of_them(carol, root, ivy, alice):
    for nobody in (ivy, alice, carol.person):
        with pytest.raises(PermissionDenied):
            erase_person(by=nobody, person=carol.person)
    with pytest.raises(PermissionDenied, match="admin"):
        erase_person(by=root, person=root)
    assert User.objects.filter(pk=carol.person.pk, is_active=True).exists()


def test_a_person_asks_once_and_may_think_better(alice):
    assert request_erasure(by=alice)
    assert not request_erasure(by=alice)
    assert [request.person for request in ErasureRequest.objects.all()] == [alice]

    assert withdraw_erasure_request(by=alice)

    assert not withdraw_erasure_request(by=alice)
    assert [entry.action for entry in Entry.objects.order_by("pk")] == ["request_erasure", "withdraw_erasure_request"]


class TestCommand:
    @pytest.fixture(autouse=True)
    def _no_vacuum_in_a_transaction(self, monkeypatch):
        monkeypatch.setattr("privacy.management.commands.erase_person.tidy_database", lambda: None)

    def test_erases(self, carol, root, capsys):
        call_command("erase_person", carol.person.username, "--yes")

        assert f"is erased-{carol.person.pk} from now on" in capsys.readouterr().out
        assert not User.objects.get(pk=carol.person.pk).is_active

    def test_asks_first(self, carol, monkeypatch):
        monkeypatch.setattr("sys.stdin.readline", lambda: "no\n", raising=False)

        with pytest.raises(CommandError, match="Nothing was erased"):
            call_command("erase_person", carol.person.username)

    def test_says_when_there_is_nobody(self, db):
        with pytest.raises(CommandError, match="nobody called dora"):
            call_command("erase_person", "dora", "--yes")
        with pytest.raises(CommandError, match="Name the person"):
            call_command("erase_person")

    def test_says_why_it_may_not(self, root):
        with pytest.raises(CommandError, match="admin"):
            call_command("erase_person", "root", "--yes")

    def test_lists_requests(self, carol, capsys):
        call_command("erase_person", "--requests")

        assert capsys.readouterr().out.startswith(f"{carol.person.username}, since 2")

    def test_erases_again_what_a_restored_backup_brought_back(self, carol, root, capsys):
        erase_person(by=root, person=carol.person)
        call_command("erase_person", "--erased")
        numbers = capsys.readouterr().out.split()
        User.objects.filter(pk=carol.person.pk).update(username="carol", is_active=True)

        call_command("erase_person", "--again", *numbers)

        assert User.objects.get(pk=carol.person.pk).username == f"erased-{carol.person.pk}"


class FakeRedis:
    """As much of a Redis as is asked here."""

    def __init__(self, keys: dict[bytes, bytes | list[bytes]]) -> None:
        self.keys = keys

    def __enter__(self):
        return self

    def __exit__(self, *_):
        pass

    def scan_iter(self, match, count):
        return [key for key in self.keys if match.strip("*").encode() in key]

    def type(self, key):
        return b"string" if isinstance(self.keys[key], bytes) else b"list"

    def get(self, key):
        return self.keys[key]

    def delete(self, *keys):
        for key in keys:
            del self.keys[key]
        return len(keys)


def test_redis_forgets_what_names_the_person(monkeypatch, settings):
    settings.MUELLE_INSTANCE = "cafe0123"
    mine = {b"cafe0123-rate:carol": b"3", b"cafe0123-last": b"by carol", b"cafe0123-queue": [b"carol"]}
    redis = FakeRedis({**mine, b"cafe0123-rate:bob": b"1", b"beef-rate:carol": b"another installation's"})
    monkeypatch.setattr(traces.Redis, "from_url", lambda *_args, **_options: redis)

    assert traces.forget_in_redis(["carol"]) == 2

    assert set(redis.keys) == {b"cafe0123-queue", b"cafe0123-rate:bob", b"beef-rate:carol"}


def test_a_redis_that_is_away_holds_nothing_up(settings, caplog):
    settings.REDIS_URL = "redis://127.0.0.1:1/0"

    assert traces.forget_in_redis(["carol"]) == 0

    assert "Redis does not answer" in caplog.text
