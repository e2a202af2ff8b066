"""The container engine that runs in a sandbox, read over its own API.

The learner owns that engine, and may put anything in its place. So nothing it says is trusted to be short, prompt or
true to the API's form: what is not, is an error and never a verdict. Nothing can be changed from here: only GET is
spoken. What was asked once is not asked again: a look at all tasks of a lab is a look at one moment.
"""

from __future__ import annotations

import contextlib
import json
import time
from typing import Any, NoReturn
from urllib.parse import quote, urlencode

from django.utils.translation import gettext_noop as _

from grading.expects.errors import CouldNotLook
from grading.expects.inside.exchange import NoHttp, Response, TooSlow, get
from grading.expects.probe import Probe

REQUEST_TIMEOUT = 4.0  # seconds; answers take milliseconds, and tens of them on a machine that builds images
MAX_RESPONSE = 1_048_576  # bytes; the list of 500 containers, or all of the events that an engine remembers
MAX_LOOK = 1_572_864  # bytes of all answers of a look: what they are in memory is up to 25 times that
MAX_REQUESTS = 100  # of one look; a lab with 20 checks makes about 40

NO_ENGINE = _(
    "Docker does not answer in your lab. Wait a few seconds and check again; if that does not help, reset the lab."
)
HAS_NONE = _("The check itself is wrong. Tell your teacher.")
NOT_AN_ENGINE = _("What answers in your lab in the place of Docker is not Docker. Reset the lab, then check again.")
TOO_MUCH = _("There is more in your lab than a check can read. Remove what you do not need, then check again.")


class InnerEngine:
    """One look at the engine of a sandbox. Every method raises CouldNotLook."""

    def __init__(self, probe: Probe, address: str) -> None:
        """`address` is what the agent is told; empty where the sandbox has no engine, so that every look fails."""
        self._probe = probe
        self._address = address
        self._answers: dict[str, Any] = {}
        self._left = MAX_LOOK
        self._requests = 0
        self._failure: CouldNotLook | None = None

    def read(self, *segments: str, **query: str) -> Any:
        """Return the JSON that the engine has at a path; None where it has nothing there."""
        target = _target(segments, query)
        if target not in self._answers:
            body = self._ask(target)
            self._answers[target] = None if body is None else parse(body)
        return self._answers[target]

    def events(self, since: float) -> list[Any]:
        """Return what the engine remembers of what happened from `since` (Unix time) until now, oldest first."""
        key = f"events since {since}"
        if key not in self._answers:
            # A moment that is over, or the engine would go on telling what happens.
            target = _target(("events",), {"since": f"{since:.6f}", "until": f"{time.time():.6f}"})
            body = self._ask(target) or b""
            self._answers[key] = [parse(line) for line in body.splitlines() if line.strip()]
        events: list[Any] = self._answers[key]
        return events

    def _ask(self, target: str) -> bytes | None:
        """Return the body at a target; None for 404. After one failure the rest of the look fails at once."""
        if self._failure is not None:
            raise self._failure
        try:
            response = self._exchange(target)
            if response.status == 404:
                return None
            if response.status != 200:
                raise CouldNotLook(NO_ENGINE, f"status {response.status} at {target}", transient=True)
            if not response.complete:
                raise CouldNotLook(TOO_MUCH, f"more than {MAX_RESPONSE} bytes at {target}")
        except CouldNotLook as failure:
            self._failure = failure
            raise
        return response.body

    def _exchange(self, target: str) -> Response:
        if not self._address:
            raise CouldNotLook(HAS_NONE, "the profile of this sandbox has no engine")
        self._requests += 1
        if self._requests > MAX_REQUESTS or self._left <= 0:
            raise CouldNotLook(TOO_MUCH, f"{self._requests} requests, {MAX_LOOK - self._left} bytes")
        deadline = time.monotonic() + REQUEST_TIMEOUT
        connection = self._probe.connect(self._address, REQUEST_TIMEOUT)
        if connection is None:
            raise CouldNotLook(NO_ENGINE, f"nobody listens at {self._address}", transient=True)
        with contextlib.closing(connection):
            try:
                response = get(
                    connection,
                    target,
                    host="docker",
                    deadline=min(deadline, self._probe.deadline),
                    limit=min(MAX_RESPONSE, self._left),
                )
            except TooSlow:
                raise CouldNotLook(NO_ENGINE, f"no whole answer in time at {target}", transient=True) from None
            except NoHttp as error:
                raise CouldNotLook(NOT_AN_ENGINE, f"{target}: {error}", transient=True) from error
        self._left -= len(response.body)
        return response


def parse(body: bytes) -> Any:
    """Return parsed JSON. Raises CouldNotLook for what is none, or is nested without end."""
    try:
        return json.loads(body, parse_constant=_refuse)
    except (ValueError, RecursionError) as error:  # ValueError: no UTF-8 and numbers of thousands of digits too
        raise CouldNotLook(NOT_AN_ENGINE, f"no JSON: {error}") from error


def _refuse(constant: str) -> NoReturn:
    raise ValueError(constant)


def _target(segments: tuple[str, ...], query: dict[str, str]) -> str:
    path = "/" + "/".join(quote(segment, safe=":@") for segment in segments)
    return f"{path}?{urlencode(query)}" if query else path
