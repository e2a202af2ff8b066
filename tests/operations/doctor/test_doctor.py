"""The command, with an engine in memory and seeded values around it."""

import json
from dataclasses import replace
from io import StringIO

import pytest
from django.core.management import call_command
from django.utils import timezone, translation

from lab_sessions.models import Lease
from operations.doctor import gathering
from operations.doctor.base import Finding, State, worst
from operations.doctor.gathering import examine
from operations.doctor.texts import TEXTS, Line
from operations.models import Sample
from sandboxes.runtimes.base import EngineUnavailable
from tests.operations.test_queries import sample

pytestmark = pytest.mark.django_db


@pytest.fixture
def healthy(engine, settings, monkeypatch, tmp_path):
    """An installation that has nothing: what this machine itself would say is seeded."""
    settings.MUELLE_MIRROR = ""
    settings.SECRET_KEY = "s" * 50
    settings.MUELLE_BACKUPS = str(tmp_path)
    settings.ALLOWED_HOSTS = ["localhost"]
    Lease.objects.create(name="reconciler", holder="here:1", expires_at=timezone.now() + timezone.timedelta(minutes=1))
    monkeypatch.setattr(gathering, "_redis", lambda: ("7.0.15", "", {"Redis": 0.01}))
    monkeypatch.setattr(gathering, "_worker_names", lambda: ["celery@here"])
    monkeypatch.setattr(gathering, "_database_settings", lambda: {"journal_mode": "wal", "synchronous": "2"})
    monkeypatch.setattr(gathering, "connection", type("Connection", (), {"vendor": "sqlite"}))
    monkeypatch.setattr(gathering.machine, "memory", lambda: gathering.machine.Amount(used=1 << 30, total=8 << 30))
    monkeypatch.setattr(gathering.machine, "disk", lambda *_: gathering.machine.Amount(used=1 << 30, total=80 << 30))
    return engine


def run(*arguments: str) -> tuple[str, int]:
    out = StringIO()
    try:
        with translation.override("en"):
            call_command("doctor", *arguments, stdout=out)
    except SystemExit as end:
        return out.getvalue(), int(end.code)
    return out.getvalue(), 0


def test_nothing_bad_ends_with_0(healthy):
    said, code = run()

    assert code == 0
    assert "ok    Docker Engine: 29.6.0, btrfs" in said
    assert "BAD" not in said
    assert "WARN  Hard limits of disks" in said


@pytest.mark.parametrize(
    ("change", "title"),
    [
        ({"runc": "1.1.11"}, "Known flaws of runc: 1.1.11: CVE-2024-21626"),
        ({"kernel": "6.12.24"}, "Known flaws of the kernel: 6.12.24: CVE-2026-31431"),
        ({"limits": ("cpu",)}, "Limits of memory, processes and processors"),
        ({"security": ()}, "Security modules"),
        ({"version": "19.03.1"}, "Docker Engine"),
    ],
)
def test_a14_a_seeded_flaw_ends_with_1_and_says_how_to_mend_it(healthy, monkeypatch, change, title):
    monkeypatch.setattr(healthy, "facts", replace(healthy.facts, **change))

    said, code = run()

    assert code == 1
    assert f"BAD   {title}" in said
    assert "→ " in said.split(f"BAD   {title}")[1].split("\nok")[0]


def test_an_engine_that_is_down(healthy):
    healthy.fault = EngineUnavailable("nobody listens")

    said, code = run()

    assert code == 1
    assert "BAD   Docker Engine: nobody listens" in said


def test_a_clock_that_was_set_back(healthy):
    sample(at=timezone.now() + timezone.timedelta(hours=1))

    said, code = run()

    assert code == 1
    assert "BAD   Clock: Redis +0.0 s, figures +3" in said
    assert Sample.objects.count() == 1


def test_for_programs(healthy):
    said, code = run("--json")

    lines = json.loads(said)
    assert code == 0
    assert {line["key"] for line in lines} == set(TEXTS)
    assert all(line["title"] and line["meaning"] for line in lines)
    assert all(bool(line["mend"]) is (line["state"] != "good") for line in lines)


def test_it_changes_nothing(healthy):
    run()

    assert not Sample.objects.exists()


def test_the_real_probes_answer(engine, settings):
    """Nothing is seeded: whatever this machine is like, each line is judged and has words."""
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    settings.MUELLE_MIRROR = "127.0.0.1"

    found = {finding.key: finding for finding in examine()}

    assert set(found) == set(TEXTS)
    assert found["redis"].state == State.BAD
    assert found["workers"].state == State.WARN
    assert "GiB" in found["memory"].found
    assert found["database"].found.startswith(("sqlite", "postgresql"))


@pytest.mark.parametrize("language", ["es", "en"])
@pytest.mark.parametrize("state", State)
def test_every_line_has_words(language, state):
    with translation.override(language):
        for key in TEXTS:
            line = Line(Finding(key, state))
            assert line.title
            assert line.meaning.endswith(".")
            assert line.state_word
            assert (line.mend == "") is (state == State.GOOD)


def test_findings_survive_the_database():
    finding = Finding("engine", State.WARN, "20.10")

    assert Finding.from_json(json.loads(json.dumps(finding.to_json()))) == finding


def test_the_worst_counts():
    assert worst([]) == State.GOOD
    assert worst([Finding("a", State.WARN), Finding("b", State.GOOD)]) == State.WARN
    assert worst([Finding("a", State.BAD), Finding("b", State.WARN)]) == State.BAD
