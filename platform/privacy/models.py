"""Who asked to be erased."""

from __future__ import annotations

from django.conf import settings
from django.db import models


class ErasureRequest(models.Model):
    """A person's wish that an admin erase them. Withdrawn by deleting it."""

    person = models.OneToOneField(
        settings.AUTH_USER_MODEL, primary_key=True, on_delete=models.CASCADE, related_name="erasure_request"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["created_at"]

    def __str__(self) -> str:
        return f"{self.person_id} since {self.created_at:%Y-%m-%d}"
