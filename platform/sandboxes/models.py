"""Sandboxes as the database knows them. The row comes first and goes last: what the engine has is compared with it."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils import timezone


class SandboxQuerySet(models.QuerySet["Sandbox"]):
    def waiting(self, environment_digest: str) -> SandboxQuerySet:
        """Sandboxes of an environment that a learner can have now."""
        return self.filter(state=Sandbox.State.WARM, environment_digest=environment_digest)

    def making(self) -> SandboxQuerySet:
        """Sandboxes that some worker is making, or was when it died."""
        return self.filter(state=Sandbox.State.CREATING)

    def abandoned(self, now: datetime) -> SandboxQuerySet:
        """Sandboxes whose maker has died."""
        return self.making().filter(Q(lease_until=None) | Q(lease_until__lt=now))

    def up(self) -> SandboxQuerySet:
        """Sandboxes whose container must be running."""
        return self.filter(state__in=[Sandbox.State.WARM, Sandbox.State.ASSIGNED])

    def not_gone(self) -> SandboxQuerySet:
        """Sandboxes that may have a container."""
        return self.exclude(state=Sandbox.State.GONE)

    def given_up_since(self, moment: datetime) -> SandboxQuerySet:
        """Sandboxes that became gone after a moment."""
        return self.filter(state=Sandbox.State.GONE, gone_at__gt=moment)

    def move(self, sandbox_id: uuid.UUID, old: str, new: str, **changes: Any) -> bool:
        """Change the state of one sandbox by compare-and-swap; return whether it was this call that did it."""
        return self.filter(pk=sandbox_id, state=old).update(state=new, **changes) == 1

    def renew(self, sandbox_id: uuid.UUID, *, until: datetime) -> bool:
        """Say that the maker of a sandbox lives; return False where it is nobody's to make any more."""
        return self.making().filter(pk=sandbox_id).update(lease_until=until) == 1

    def give_up(self, sandbox_id: uuid.UUID, *, reason: str, now: datetime | None = None) -> bool:
        """Make a sandbox gone, whatever it was; return whether it was this call that did it."""
        return (
            self.not_gone()
            .filter(pk=sandbox_id)
            .update(state=Sandbox.State.GONE, gone_at=now or timezone.now(), reason=reason[:MAX_REASON])
            == 1
        )


MAX_REASON = 64


class Sandbox(models.Model):
    """One container (later: the containers of one lab) and what it was made from."""

    class State(models.TextChoices):
        CREATING = "creating", "creating"  # a worker is making it; nobody may use it
        WARM = "warm", "warm"  # started, set up, its agent answers; holds nothing of any learner
        ASSIGNED = "assigned", "assigned"  # belongs to one lab session until it is gone
        GONE = "gone", "gone"  # given up for ever; its container is removed or about to be

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=64, unique=True, help_text="Of its container and of its sockets.")
    environment_digest = models.CharField(
        max_length=64, help_text="Two sandboxes with the same one are interchangeable."
    )
    environment = models.JSONField(help_text="sandboxes.environment.Environment as JSON.")
    state = models.CharField(max_length=8, choices=State, default=State.CREATING)
    seed = models.CharField(max_length=64, help_text="What its values were drawn from.")
    values = models.JSONField(default=dict, help_text="Values by name, as set-up, text and checks see them.")
    handle = models.CharField(max_length=64, blank=True, help_text="The engine's name for it; empty until it was made.")
    created_at = models.DateTimeField(auto_now_add=True)
    lease_until = models.DateTimeField(null=True, blank=True, help_text="Until when its maker counts as alive.")
    warmed_at = models.DateTimeField(null=True, blank=True)
    assigned_at = models.DateTimeField(null=True, blank=True)
    held_until = models.DateTimeField(
        null=True, blank=True, help_text="Of an assigned one that is no lab session's: until when somebody uses it."
    )
    gone_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=MAX_REASON, blank=True, help_text="Why it is gone.")

    objects = SandboxQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["environment_digest", "state", "warmed_at"], name="sandbox_claim")]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["creating", "warm", "assigned", "gone"]), name="sandbox_state_known"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["warm", "assigned"]) | (Q(warmed_at__isnull=False) & ~Q(handle="")),
                name="sandbox_up_has_container",
            ),
            models.CheckConstraint(
                condition=~Q(state="assigned") | Q(assigned_at__isnull=False), name="sandbox_assigned_says_when"
            ),
            models.CheckConstraint(
                condition=Q(state="gone", gone_at__isnull=False) | (~Q(state="gone") & Q(gone_at__isnull=True)),
                name="sandbox_gone_says_when",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.state}"
