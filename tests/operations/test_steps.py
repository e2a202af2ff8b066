import threading
import time
import uuid
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone
from factories import SandboxFactory

from lab_sessions.models import LabSession
from lab_sessions.transitions import State
from operations import steps
from operations.doctor.base import Finding
from operations.doctor.base import State as Verdict
from operations.models import HealthReport, Sample, SandboxUse
from operations.timing import MAX_MEASURED
from sandboxes.engine import runtime
from sandboxes.runtimes.base import EngineUnavailable, SandboxRequest, SandboxStats
from tests.operations.test_queries import sample

NOW = timezone.now()


def later(**duration):
    return NOW + timedelta(**duration)


@pytest.mark.django_db
def test_samples_are_a_ring(engine):
    old = sample(at=NOW - timedelta(hours=25))

    assert [steps.take_sample(NOW), steps.take_sample(later(seconds=2))] == [0, 0]
    time.sleep(0.05)  # a share of the processors is told of some of the kernel's ticks, of which there are 100 a second
    assert steps.take_sample(later(seconds=16)) == 0

    assert list(Sample.objects.order_by("at").values_list("at", flat=True)) == [NOW, later(seconds=16)]
    assert not Sample.objects.filter(pk=old.pk).exists()
    assert Sample.objects.newest().cpu is not None


def test_a_sample_counts_what_there_is(engine, lab, alice, bob):
    LabSession.objects.create(learner=alice, lab=lab, lab_key=lab.key, state=State.STARTING)
    LabSession.objects.create(learner=bob, lab=lab, lab_key=lab.key, state=State.QUEUED)
    SandboxFactory()
    SandboxFactory(state="creating")

    steps.take_sample(NOW)

    taken = Sample.objects.get()
    assert (taken.sessions, taken.queued, taken.warm, taken.making) == (1, 1, 1, 1)
    assert 0 < taken.memory_used < taken.memory_total


@pytest.mark.django_db
def test_a_clock_that_was_set_back_does_not_stop_the_figures(engine):
    sample(at=later(hours=5))

    steps.take_sample(NOW)

    assert Sample.objects.filter(at=NOW).exists()


@pytest.mark.django_db
def test_the_engine_may_be_away_while_a_sample_is_taken(engine):
    steps._known_root.cache_clear()
    engine.fault = EngineUnavailable("off")

    steps.take_sample(NOW)

    assert Sample.objects.get().disk_total > 0


@pytest.fixture
def running(engine, db):
    """A sandbox that the engine in memory runs."""
    name = "muelle-0123abcd-000000000001"
    handle = runtime().create(
        SandboxRequest(name=name, sandbox_id=str(uuid.uuid4()), image="muelle/standard:0123456789ab")
    )
    runtime().start(handle)
    return SandboxFactory(name=name, handle=handle)


def test_sandboxes_are_measured(running, monkeypatch):
    measured = [
        SandboxStats(memory_bytes=90, memory_limit_bytes=100, cpu_seconds=1.0, pids=3),
        SandboxStats(memory_bytes=40, memory_limit_bytes=100, cpu_seconds=16.0, pids=2),
    ]
    monkeypatch.setattr(type(runtime()), "stats", lambda _self, _handle: measured.pop(0))
    steps.measure_sandboxes(NOW)
    steps.measure_sandboxes(later(seconds=5))  # too early to look again

    steps.measure_sandboxes(later(seconds=30))

    use = SandboxUse.objects.get()
    assert (use.memory_bytes, use.memory_peak_bytes, use.pids) == (40, 90, 2)
    assert use.cpus == pytest.approx(0.5)
    assert measured == []


def test_what_is_gone_or_silent_is_passed_over(running, engine):
    SandboxFactory(handle="never-was")
    steps.measure_sandboxes(NOW)
    assert SandboxUse.objects.get().sandbox == running

    engine.fault = EngineUnavailable("off")
    assert steps.measure_sandboxes(later(minutes=1)) == 0


@pytest.mark.django_db
def test_a_round_measures_a_few_and_the_next_one_others(engine, monkeypatch):
    asked = []
    stats = SandboxStats(memory_bytes=1, memory_limit_bytes=2, cpu_seconds=0.0, pids=1)
    monkeypatch.setattr(type(runtime()), "stats", lambda _self, handle: asked.append(handle) or stats)
    made = [SandboxFactory() for _ in range(MAX_MEASURED + 2)]

    steps.measure_sandboxes(NOW)
    assert len(asked) == MAX_MEASURED
    steps.measure_sandboxes(later(seconds=2))

    assert sorted(asked) == sorted(sandbox.handle for sandbox in made)


@pytest.mark.django_db
def test_figures_of_old_sandboxes_are_forgotten(engine):
    gone = SandboxFactory(state="gone", gone_at=NOW)
    values = {"memory_bytes": 1, "memory_peak_bytes": 1, "memory_limit_bytes": 1, "cpu_seconds": 0.0, "pids": 1}
    SandboxUse.objects.create(sandbox=gone, at=NOW - timedelta(days=8), **values)
    SandboxUse.objects.create(sandbox=SandboxFactory(), at=NOW - timedelta(days=8), **values)

    steps.take_sample(NOW)

    assert SandboxUse.objects.count() == 1


@pytest.fixture
def examined(monkeypatch):
    """Count the examinations; the next one finds `examined.state`."""

    class Examined:
        count = 0
        state = Verdict.GOOD

    def examine():
        Examined.count += 1
        return [Finding("engine", Examined.state)]

    monkeypatch.setattr(steps, "examine", examine)
    monkeypatch.setattr(steps, "in_background", lambda work: work())
    monkeypatch.setattr(steps, "connection", SimpleNamespace(close=lambda: None))
    return Examined


def test_a_round_does_not_wait_for_an_examination(monkeypatch, db):
    begun, may_end = threading.Event(), threading.Event()
    count = []

    def examine():
        count.append(1)
        begun.set()
        may_end.wait(5)
        raise RuntimeError("it could not")

    monkeypatch.setattr(steps, "examine", examine)
    steps.refresh_report(NOW)
    assert begun.wait(5)
    steps.refresh_report(NOW)  # one at a time

    may_end.set()

    assert steps._examining.acquire(timeout=5)  # given back, whatever came of it
    steps._examining.release()
    assert count == [1]


@pytest.mark.django_db
def test_a_report_is_made_and_lasts_a_while(examined):
    for moment in (NOW, later(seconds=40), later(seconds=299), later(seconds=301)):
        steps.refresh_report(moment)

    assert examined.count == 2
    assert HealthReport.objects.get().findings == [{"key": "engine", "state": "good", "found": ""}]


@pytest.mark.django_db
def test_what_is_bad_is_looked_at_more_often(examined):
    examined.state = Verdict.BAD
    for moment in (NOW, later(seconds=20), later(seconds=40)):
        steps.refresh_report(moment)

    assert examined.count == 2


@pytest.mark.django_db
def test_who_asks_gets_a_new_report(examined):
    steps.refresh_report(NOW)
    HealthReport.objects.update(asked_at=NOW)

    steps.refresh_report(later(seconds=2))

    report = HealthReport.objects.get()
    assert (report.at, report.asked_at) == (later(seconds=2), None)


@pytest.mark.django_db
def test_there_is_one_report():
    with pytest.raises(IntegrityError), transaction.atomic():
        HealthReport.objects.create(pk=2)


@pytest.mark.django_db
def test_a_share_is_a_share():
    with pytest.raises(IntegrityError), transaction.atomic():
        sample(cpu=1.5)
