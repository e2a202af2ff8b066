"""The namespace of a sandbox in the registry of this machine: opened before the sandbox is there, gone with it."""

from __future__ import annotations

import http.client
import logging
import re
import socket
from collections.abc import Mapping
from pathlib import Path

from django.conf import settings

from sandboxes.runtimes.base import TransientFault, gettext_noop

logger = logging.getLogger(__name__)

# The value of a lab that names the namespace its learner may push to: drawn for each sandbox, so nobody guesses it.
SPACE_VALUE = "espacio"
SPACE = re.compile(r"[0-9a-f]{12}")
# Where the registry listens to the host alone. Worker and reconciler are given its folder, in containers too.
DOOR = Path("/run/muelle/mirror/names.sock")
# The registry of an older version, which another clone on this machine has put up, listens here only.
PORT = 5001
# The registry is on this machine; when it is away, its own sweep forgets namespaces later.
ANSWER_SECONDS = 3.0


class RegistryAway(TransientFault):
    """The registry did not open a namespace; its keeper brings it back within seconds."""

    sentence = gettext_noop("The image registry of the labs does not answer. Try again in a moment.")


def open_space(values: Mapping[str, str]) -> None:
    """Let a sandbox with these values push below its namespace. Idempotent; labs without one ask nothing.

    Raises RegistryAway when the registry is starting or will not; where no way leads to it, all but pushes works.
    """
    space = _space(values)
    if not space:
        return
    try:
        status = _ask("MKCOL", f"/names/{space}/")
    except (ConnectionError, http.client.HTTPException) as error:
        raise RegistryAway(f"the registry does not answer: {error}") from error
    except OSError as error:
        # From a container of the site that was not given the folder: that is no reason to have no labs.
        logger.warning("A sandbox will not be able to push, since no way leads to the registry: %s", error)
        return
    if status not in (http.client.CREATED, http.client.NO_CONTENT):
        raise RegistryAway(f"the registry answered {status} when a namespace was to be opened")


def forget_pushes(values: Mapping[str, str]) -> bool:
    """Close the namespace of a sandbox with these values, and remove what was pushed. Idempotent; never raises.

    Returns whether something had been pushed.
    """
    space = _space(values)
    if not space:
        return False
    try:
        # Closed first: nothing comes in any more between the two.
        _ask("DELETE", f"/names/{space}/")
        status = _ask("DELETE", f"/spaces/{space}/")
    except (OSError, http.client.HTTPException) as error:
        logger.warning("What a sandbox pushed stays in the registry for now: %s", error)
        return False
    return status == http.client.NO_CONTENT


def _space(values: Mapping[str, str]) -> str:
    space = values.get(SPACE_VALUE, "")
    return space if settings.MUELLE_MIRROR and SPACE.fullmatch(space) else ""


class _DoorConnection(http.client.HTTPConnection):
    """HTTP by way of the socket."""

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(str(DOOR))


def _ask(method: str, path: str) -> int:
    """The status of a request to the registry, by its door or, where nobody is behind that, as older ones are asked."""
    try:
        return _send(_DoorConnection("registry", timeout=ANSWER_SECONDS), method, path)
    except (FileNotFoundError, ConnectionRefusedError) as error:
        shut = error
    try:
        return _send(http.client.HTTPConnection(settings.MUELLE_MIRROR, PORT, timeout=ANSWER_SECONDS), method, path)
    except OSError as error:
        # Whoever sees a door that is shut has a way to the registry, and waits for it.
        raise shut if isinstance(shut, ConnectionRefusedError) else error from None


def _send(connection: http.client.HTTPConnection, method: str, path: str) -> int:
    try:
        connection.request(method, path)
        return connection.getresponse().status
    finally:
        connection.close()
