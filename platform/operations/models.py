"""What the reconciler saw of the machine and of its sandboxes, so that pages need no engine to show it."""

from __future__ import annotations

from datetime import datetime

from django.db import models
from django.db.models import Q

from sandboxes.models import Sandbox


class SampleQuerySet(models.QuerySet["Sample"]):
    def since(self, moment: datetime) -> SampleQuerySet:
        """Samples from `moment` on, oldest first."""
        return self.filter(at__gte=moment).order_by("at")

    def newest(self) -> Sample | None:
        """The last one that was taken."""
        return self.order_by("-at").first()


class Sample(models.Model):
    """The machine at one moment. A ring: taken every few seconds, kept for a day."""

    at = models.DateTimeField(db_index=True)
    cpu = models.FloatField(null=True, help_text="Share of all processors in use since the sample before; 0 to 1.")
    memory_used = models.BigIntegerField(help_text="Bytes that are not available to programs.")
    memory_total = models.BigIntegerField()
    disk_used = models.BigIntegerField(help_text="Bytes, where the engine keeps its data.")
    disk_total = models.BigIntegerField()
    sessions = models.PositiveIntegerField(help_text="Lab sessions that take room.")
    queued = models.PositiveIntegerField()
    warm = models.PositiveIntegerField()
    making = models.PositiveIntegerField(help_text="Sandboxes that were being made.")

    objects = SampleQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(cpu=None) | Q(cpu__gte=0.0, cpu__lte=1.0), name="sample_cpu_is_a_share"),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M:%S}"


class SandboxUse(models.Model):
    """What one sandbox takes, by its last measurement, and the most that was seen."""

    sandbox = models.OneToOneField(Sandbox, primary_key=True, on_delete=models.CASCADE, related_name="use")
    at = models.DateTimeField(db_index=True)
    memory_bytes = models.BigIntegerField()
    memory_peak_bytes = models.BigIntegerField()
    memory_limit_bytes = models.BigIntegerField()
    cpu_seconds = models.FloatField(help_text="Since it started.")
    cpus = models.FloatField(default=0.0, help_text="Processors in use since the measurement before.")
    pids = models.PositiveIntegerField()

    def __str__(self) -> str:
        return f"{self.sandbox_id}: {self.memory_bytes} bytes"


class HealthReport(models.Model):
    """What `doctor` found last, where it can reach the engine. One row."""

    ONLY = 1

    id = models.PositiveSmallIntegerField(primary_key=True, default=ONLY, editable=False)
    at = models.DateTimeField(null=True, help_text="Empty: never yet.")
    findings = models.JSONField(default=list, help_text="operations.doctor.base.Finding as JSON.")
    asked_at = models.DateTimeField(null=True, help_text="When somebody asked for a new one; empty once it is there.")

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(id=1), name="one_health_report")]

    def __str__(self) -> str:
        return f"health at {self.at}"
