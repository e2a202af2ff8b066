"""What a token may be used for. Never more than its owner may do."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Scope(models.TextChoices):
    COHORTS_READ = "cohorts:read", _("See classes and who is in them")
    COHORTS_WRITE = "cohorts:write", _("Change classes, lessons and people")
    GRADES_READ = "grades:read", _("See grades")
    GRADES_WRITE = "grades:write", _("Give points by hand")
    PROGRESS_READ = "progress:read", _("See courses and one's own progress")
    SESSIONS_READ = "sessions:read", _("See labs")
    SESSIONS_WRITE = "sessions:write", _("Start, extend, reset and end labs, and hand in")
