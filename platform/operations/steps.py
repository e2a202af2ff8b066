"""What an admin's figures add to the reconciler's rounds. They mend nothing, so they return 0."""

import logging
import threading
from collections.abc import Callable
from datetime import datetime
from functools import cache

from django.conf import settings
from django.db import connection
from django.db.models import F, Q

from lab_sessions.models import LabSession
from lab_sessions.transitions import State
from operations import machine
from operations.doctor.base import State as Verdict
from operations.doctor.gathering import examine
from operations.models import HealthReport, Sample, SandboxUse
from operations.timing import (
    BAD_REPORT_EVERY,
    MAX_MEASURED,
    MEASURE_EVERY,
    REPORT_EVERY,
    SAMPLE_EVERY,
    SAMPLES_KEPT,
    USES_KEPT,
)
from sandboxes.engine import runtime
from sandboxes.models import Sandbox
from sandboxes.runtimes.base import PermanentFault, RuntimeFault, SandboxStats

logger = logging.getLogger(__name__)

_processors = machine.Processors()  # one for this process: the leader alone takes samples
_examining = threading.Lock()  # one examination at a time


def take_sample(now: datetime) -> int:
    """Note how the machine does, if that was not done a moment ago, and forget what is older than a day."""
    if Sample.objects.filter(at__gt=now - SAMPLE_EVERY, at__lte=now).exists():
        return 0
    memory, disk = machine.memory(), machine.disk(_engine_root(), settings.MUELLE_RUN_DIR)
    Sample.objects.create(
        at=now,
        cpu=_processors.share(),
        memory_used=memory.used,
        memory_total=memory.total,
        disk_used=disk.used,
        disk_total=disk.total,
        sessions=LabSession.objects.holding().count(),
        queued=LabSession.objects.filter(state=State.QUEUED).count(),
        warm=Sandbox.objects.filter(state=Sandbox.State.WARM).count(),
        making=Sandbox.objects.making().count(),
    )
    Sample.objects.filter(at__lt=now - SAMPLES_KEPT).delete()
    SandboxUse.objects.filter(at__lt=now - USES_KEPT, sandbox__state=Sandbox.State.GONE).delete()
    return 0


def measure_sandboxes(now: datetime) -> int:
    """Ask the engine what a few sandboxes take, those first that were not asked about for longest."""
    fresh = Q(use__at__gt=now - MEASURE_EVERY, use__at__lte=now)
    due = Sandbox.objects.up().exclude(fresh).select_related("use").order_by(F("use__at").asc(nulls_first=True))
    for sandbox in due[:MAX_MEASURED]:
        try:
            _note_use(sandbox, runtime().stats(sandbox.handle), now)
        except PermanentFault:  # it has gone meanwhile, which is another step's to find
            continue
        except RuntimeFault as fault:
            logger.debug("Sandboxes are not measured now: %s", fault)
            break
    return 0


def refresh_report(now: datetime) -> int:
    """Examine the installation anew, where somebody asked for it or the last report is old."""
    report = HealthReport.objects.filter(pk=HealthReport.ONLY).first()
    fresh = report is not None and report.asked_at is None and _is_fresh(report, now)
    if not fresh and _examining.acquire(blocking=False):
        in_background(lambda: _examine(now))
    return 0


def in_background(work: Callable[[], None]) -> None:
    """Do something beside the rounds: what is dead answers after seconds, and deadlines must not wait for that."""
    threading.Thread(target=work, name="doctor", daemon=True).start()


def _examine(now: datetime) -> None:
    try:
        findings = [finding.to_json() for finding in examine()]
        HealthReport.objects.update_or_create(
            pk=HealthReport.ONLY, defaults={"at": now, "findings": findings, "asked_at": None}
        )
    except Exception:  # a thread has nobody else to tell
        logger.exception("The installation could not be examined; the next round tries again.")
    finally:
        connection.close()  # each thread has a connection of its own
        _examining.release()


def _is_fresh(report: HealthReport, now: datetime) -> bool:
    bad = any(finding["state"] == Verdict.BAD for finding in report.findings)
    lasts = BAD_REPORT_EVERY if bad else REPORT_EVERY
    return report.at is not None and now - lasts < report.at <= now


def _note_use(sandbox: Sandbox, stats: SandboxStats, now: datetime) -> None:
    before: SandboxUse | None = getattr(sandbox, "use", None)
    seconds = (now - before.at).total_seconds() if before else 0.0
    spent = stats.cpu_seconds - before.cpu_seconds if before else 0.0
    SandboxUse.objects.update_or_create(
        sandbox=sandbox,
        defaults={
            "at": now,
            "memory_bytes": stats.memory_bytes,
            "memory_peak_bytes": max(stats.memory_bytes, before.memory_peak_bytes if before else 0),
            "memory_limit_bytes": stats.memory_limit_bytes,
            "cpu_seconds": stats.cpu_seconds,
            "cpus": max(0.0, spent / seconds) if seconds > 0 else 0.0,
            "pids": stats.pids,
        },
    )


def _engine_root() -> str:
    """Where the engine keeps its data; empty while it does not answer."""
    try:
        return _known_root()
    except RuntimeFault:
        return ""


@cache
def _known_root() -> str:
    """Asked until it answers once."""
    return runtime().facts().root
