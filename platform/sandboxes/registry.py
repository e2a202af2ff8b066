"""What a sandbox pushed to the registry of this machine goes when the sandbox does."""

from __future__ import annotations

import http.client
import logging
import re
from collections.abc import Mapping

from django.conf import settings

logger = logging.getLogger(__name__)

# The value of a lab that names the namespace its learner may push to: drawn for each sandbox, so nobody guesses it.
SPACE_VALUE = "espacio"
SPACE = re.compile(r"[0-9a-f]{12}")
PORT = 5000
# The registry is on this machine; when it is away, its own sweep forgets namespaces later.
ANSWER_SECONDS = 3.0


def forget_pushes(values: Mapping[str, str]) -> bool:
    """Remove the namespace that a sandbox with these values could push to. Idempotent; never raises.

    Returns whether there was something to remove.
    """
    space = values.get(SPACE_VALUE, "")
    if not settings.MUELLE_MIRROR or not SPACE.fullmatch(space):
        return False
    try:
        status = _delete(f"/spaces/{space}/")
    except (OSError, http.client.HTTPException) as error:
        logger.warning("What a sandbox pushed stays in the registry for now: %s", error)
        return False
    return status == http.client.NO_CONTENT


def _delete(path: str) -> int:
    connection = http.client.HTTPConnection(settings.MUELLE_MIRROR, PORT, timeout=ANSWER_SECONDS)
    try:
        connection.request("DELETE", path)
        return connection.getresponse().status
    finally:
        connection.close()
