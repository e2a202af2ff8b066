"""The seats planner's figures, from what was seen on this machine."""

from __future__ import annotations

import os
from datetime import timedelta
from statistics import fmean, median, quantiles

from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone

from courses.models import Lab
from lab_sessions import pool
from lab_sessions.environments import document_of, environment_of
from lab_sessions.models import LabSession
from lab_sessions.seats import Need, Room, SeatPlan, plan_seats
from operations.models import Sample, SandboxUse
from sandboxes.limits import MIB
from sandboxes.models import Sandbox
from sandboxes.runtimes.profiles import ProfileName, profile_named

# What is assumed where nothing was measured: bench's figures for idle sandboxes (docs/performance.md), and on top what
# a learner's programs take. A shell: 5 MB and some tools. One with a Docker: 60 MB and two or three small containers.
ASSUMED_MEMORY = {ProfileName.STANDARD: 24 * MIB, ProfileName.ENGINE: 320 * MIB}
ASSUMED_START = {ProfileName.STANDARD: 0.7, ProfileName.ENGINE: 4.0}  # seconds, cold, beside another one
ENOUGH = 3  # measured sandboxes that say more than an assumption
LAST_STARTS = 30  # cold starts that say how long one takes
RECENT = timedelta(days=7)
WORST_TENTH = 10  # a class is planned by its hungrier learners: the 90 % of the most that each took


def plan_for(lab: Lab, learners: int) -> SeatPlan:
    """Judge whether a class can do a lab at once. Raises ValueError; PermanentFault where none can be run here."""
    return plan_seats(learners=learners, need=need_of(lab), room=room_for(lab))


def need_of(lab: Lab) -> Need:
    """What one sandbox of a lab takes: of this very kind if some were measured, else of its profile."""
    environment = environment_of(lab)
    profile = profile_named(environment.profile)
    uses = SandboxUse.objects.filter(at__gt=timezone.now() - RECENT, sandbox__assigned_at__isnull=False)
    same = list(uses.filter(sandbox__environment_digest=environment.digest()))
    seen = same if len(same) >= ENOUGH else [
        use for use in uses.select_related("sandbox") if use.sandbox.environment["profile"] == profile.name
    ]  # fmt: skip
    measured = len(seen) >= ENOUGH
    peaks = [use.memory_peak_bytes for use in seen]
    return Need(
        memory_bytes=int(quantiles(peaks, n=WORST_TENTH, method="inclusive")[-1])
        if measured
        else ASSUMED_MEMORY[profile.name],
        memory_limit_bytes=environment.limits.memory_bytes,
        disk_limit_bytes=environment.limits.disk_bytes if profile.writable_root else 0,
        cpus=fmean(use.cpus for use in seen) if measured else None,
        start_seconds=_start_seconds(environment.digest()) or ASSUMED_START[profile.name],
        measured=measured,
    )


def room_for(lab: Lab) -> Room:
    """What the machine has for a lab. Without samples (no reconciler ran yet) it has nothing."""
    newest = Sample.objects.newest()
    _base, most = pool.sizes(document_of(lab).profile)
    return Room(
        memory_total=newest.memory_total if newest else 0,
        memory_available=newest.memory_total - newest.memory_used if newest else 0,
        disk_available=newest.disk_total - newest.disk_used if newest else 0,
        cpus=os.cpu_count() or 1,
        places=max(0, settings.MUELLE_MAX_LIVE_SESSIONS - LabSession.objects.holding().count()),
        warm_most=most,
        warm_now=Sandbox.objects.waiting(environment_of(lab).digest()).count(),
        parallel=pool.MAX_MAKING,
    )


def plannable_labs() -> QuerySet[Lab]:
    """Labs that a class may be planned for, in the order of their courses."""
    return Lab.objects.current().order_by("key")


def _start_seconds(digest: str) -> float | None:
    """How long the last cold starts of one kind took; None where there were too few."""
    last = Sandbox.objects.filter(environment_digest=digest, warmed_at__isnull=False).order_by("-created_at")
    took = [
        (warmed - created).total_seconds()
        for created, warmed in last.values_list("created_at", "warmed_at")[:LAST_STARTS]
        if warmed
    ]
    return median(took) if len(took) >= ENOUGH else None
