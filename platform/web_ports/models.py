"""Who may see which port of which lab session."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta

from django.conf import settings
from django.db import models

from lab_sessions.models import LabSession
from web_ports.limits import TICKET_SECONDS, VISIT_HOURS


class VisitQuerySet(models.QuerySet["Visit"]):
    def issued(self, now: datetime) -> VisitQuerySet:
        """Visits whose ticket can still be exchanged."""
        return self.filter(redeemed_at=None, created_at__gt=now - timedelta(seconds=TICKET_SECONDS))

    def open(self, now: datetime) -> VisitQuerySet:
        """Visits whose cookie counts, as far as they themselves can tell."""
        return self.filter(redeemed_at__gt=now - timedelta(hours=VISIT_HOURS))

    def spent(self, now: datetime) -> VisitQuerySet:
        """Visits that will never open anything again."""
        return self.filter(created_at__lt=now - timedelta(hours=VISIT_HOURS, seconds=TICKET_SECONDS))


class Visit(models.Model):
    """One opening of one port in a browser: a ticket that is exchanged, once, for a cookie.

    Of both only digests are kept. The visit is worth nothing by itself: it counts as long as the sign-in it was made
    in, and the lab session.
    """

    lab_session = models.ForeignKey(LabSession, on_delete=models.CASCADE, related_name="visits")
    visitor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="visits")
    sign_in = models.CharField(max_length=40, help_text="Key of the session of the site that it was opened from.")
    port = models.PositiveIntegerField()
    listener = models.PositiveIntegerField(
        null=True, blank=True, help_text="The port of the site where it is shown; empty where it has a name."
    )
    ticket = models.CharField(max_length=64, unique=True, help_text="SHA-256")
    cookie = models.CharField(max_length=64, unique=True, null=True, blank=True, help_text="SHA-256")
    language = models.CharField(max_length=5)
    back = models.CharField(max_length=500, help_text="Address of the lesson, for a link to it.")
    created_at = models.DateTimeField(auto_now_add=True)
    redeemed_at = models.DateTimeField(null=True, blank=True)

    objects = VisitQuerySet.as_manager()

    class Meta:
        ordering = ["created_at"]
        constraints = [
            models.CheckConstraint(condition=models.Q(port__gte=1, port__lte=65_535), name="visit_port_is_a_port"),
            models.CheckConstraint(
                condition=models.Q(redeemed_at=None, cookie=None)
                | models.Q(redeemed_at__isnull=False, cookie__isnull=False),
                name="visit_has_cookie_once_redeemed",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.lab_session_id} {self.port} {self.visitor_id}"


def digest_of(secret: str) -> str:
    """What is kept of a ticket or a cookie. Both are random enough to need no salt."""
    return hashlib.sha256(secret.encode()).hexdigest()
