"""The admin's pages, empty and full, for the tests of how pages look."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from accounts.models import User
from audit.actions import record
from lab_sessions.draining import drain_starts
from lab_sessions.models import LabSession
from lab_sessions.transitions import State
from operations.models import HealthReport, Sample, SandboxUse
from tests.e2e.lesson_site import LessonSite, Prepare

GIB = 1024**3
ROOM = "/operations/"


def _admin(site: LessonSite) -> User:
    User.objects.filter(pk=site.learner.pk).update(is_staff=True, is_superuser=True)
    return User.objects.get(pk=site.learner.pk)


def _samples() -> None:
    now = timezone.now()
    Sample.objects.bulk_create(
        Sample(
            at=now - timedelta(minutes=minute), cpu=(minute * 7 % 60) / 60, memory_used=(4 + minute % 5) * GIB,
            memory_total=16 * GIB, disk_used=20 * GIB, disk_total=100 * GIB, sessions=minute % 9, queued=0,
            warm=3, making=0,
        )
        for minute in range(50)
    )  # fmt: skip


def _busy(site: LessonSite) -> None:
    """A class at work, somebody who waits, and a server that is drained."""
    admin = _admin(site)
    _samples()
    ready = site.session(State.READY)
    SandboxUse.objects.create(
        sandbox=ready.sandbox, at=timezone.now(), memory_bytes=90 << 20, memory_peak_bytes=90 << 20,
        memory_limit_bytes=256 << 20, cpu_seconds=3.0, cpus=0.31, pids=7,
    )  # fmt: skip
    for name, state in (("hermenegildo-de-la-fuente", State.QUEUED), ("ana", State.STARTING), ("luis", State.ENDING)):
        person = User.objects.create_user(name)
        LabSession.objects.create(learner=person, lab=site.lab, lab_key=site.lab.key, state=state, phase="setup")
    drain_starts(by=admin, sentence="A las 10:00 ponemos más memoria.")


def _people(site: LessonSite) -> None:
    _admin(site)
    User.objects.create_user("disabled-one", is_active=False)
    User.objects.create_user("docente", first_name="Darío", is_staff=True)


def _entries(site: LessonSite) -> None:
    admin = _admin(site)
    for number in range(60):
        record(by=admin if number % 3 else None, action="end_lab_session", subject=admin, reason="expired", n=number)


def _report(site: LessonSite) -> None:
    _admin(site)
    HealthReport.objects.create(
        at=timezone.now(),
        asked_at=timezone.now(),
        findings=[
            {"key": "walls", "state": "bad", "found": "table muelle_labs of the firewall is missing"},
            {"key": "runc_flaws", "state": "warn", "found": "1.1.5+ds1-1+deb12u1: CVE-2024-21626 (working directory)"},
            {"key": "engine", "state": "good", "found": "29.6.0, btrfs"},
        ],
    )


def _seats(site: LessonSite) -> None:
    _admin(site)
    _samples()


OPERATIONS_STATES: dict[str, tuple[Prepare, str]] = {
    "operations, empty": (_admin, ROOM),
    "operations, busy": (_busy, ROOM),
    "people": (_people, f"{ROOM}people/"),
    "people, nobody": (_admin, f"{ROOM}people/?words=zzzz"),
    "audit": (_entries, f"{ROOM}audit/"),
    "audit, nothing": (_admin, f"{ROOM}audit/?actor=zzzz"),
    "health, nothing": (_admin, f"{ROOM}health/"),
    "health": (_report, f"{ROOM}health/"),
    "seats": (_admin, f"{ROOM}seats/"),
    "seats, yes": (_seats, f"{ROOM}seats/?lesson=contenedores/fundamentos/que-es-un-contenedor&learners=20"),
    "seats, no": (_seats, f"{ROOM}seats/?lesson=contenedores/fundamentos/que-es-un-contenedor&learners=500"),
    "not an admin": (lambda site: None, ROOM),
}
