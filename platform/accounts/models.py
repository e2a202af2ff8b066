"""The user. A model of our own from the first migration on, so that it can grow."""

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.utils.translation import gettext_lazy as _


class User(AbstractUser):
    """A person. Signs in by user name; the e-mail address is optional."""

    class Theme(models.TextChoices):
        SYSTEM = "system", _("As the device")  # follows the device's light or dark mode
        LIGHT = "light", _("Light")  # always light
        DARK = "dark", _("Dark")  # always dark

    language = models.CharField(max_length=5, blank=True, help_text="Empty: as the browser asks.")
    theme = models.CharField(max_length=6, choices=Theme, default=Theme.SYSTEM)
    must_change_password = models.BooleanField(
        default=False, help_text="The password was drawn by somebody else and is good for one sign-in."
    )

    class Meta(AbstractUser.Meta):
        constraints = [
            models.CheckConstraint(condition=models.Q(theme__in=["system", "light", "dark"]), name="user_theme_known"),
        ]

    def __str__(self) -> str:
        return self.get_full_name() or self.username


class WrongTries(models.Model):
    """Tries against one secret that were not right (yet). Written by `accounts.throttling` only."""

    key = models.CharField(max_length=64, unique=True, help_text="Keyed digest of what is counted.")
    count = models.PositiveIntegerField(default=0)
    last_at = models.DateTimeField(db_index=True)
    paused_until = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name_plural = "wrong tries"

    def __str__(self) -> str:
        return f"{self.key[:8]}: {self.count}"
