"""What somebody may not do is an everyday answer: one line of the log, and no traceback that looks like a fault."""

import logging
from typing import Final

from django.core.exceptions import PermissionDenied

LOGGER: Final = "django.request"


class RefusalFilter(logging.Filter):
    """Takes the traceback off the line that Django writes where a page refused somebody, such as a shut lesson."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Let every record pass."""
        if record.name == LOGGER and record.exc_info and isinstance(record.exc_info[1], PermissionDenied):
            record.exc_info = None
        return True
