"""A refusal is one line of the log; a fault keeps its traceback."""

import logging

import pytest
from django.core.exceptions import PermissionDenied

from audit.refusals import LOGGER, RefusalFilter


@pytest.mark.parametrize(
    ("error", "logger", "kept"),
    [
        (PermissionDenied("The lesson is shut."), LOGGER, False),
        (ValueError("A fault."), LOGGER, True),
        (PermissionDenied("Where nobody asked for a page."), "celery.app.trace", True),
    ],
)
def test_only_refusals_of_pages_lose_their_traceback(error: Exception, logger: str, *, kept: bool) -> None:
    record = logging.LogRecord(logger, logging.WARNING, "", 0, "said", None, (type(error), error, None))

    assert RefusalFilter().filter(record)

    assert bool(record.exc_info) is kept
