"""G09 where checks speak with servers of the learner's: an engine or a web server that means harm costs little."""

from __future__ import annotations

import resource
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import pytest

from content.documents import ExpectDocument
from grading.checks import run_check
from grading.expects.base import View
from grading.expects.probe import Probe
from grading.models import Verdict
from sandboxes.agent_client import AgentError
from tests.abuse.harness import Subject

pytestmark = [pytest.mark.docker, pytest.mark.abuse]

SOCKET = "/tmp/docker.sock"
PORT = "8080"
SECONDS = 3.0  # that a look may take here; a learner's have more
MEMORY = 50 * 1024  # KiB
CHECKS = {
    SOCKET: [
        ExpectDocument(kind="container", arguments={"name": "web", "running": True}),
        ExpectDocument(kind="image", arguments={"name": "web"}),
    ],
    PORT: [ExpectDocument(kind="http", arguments={"port": int(PORT), "body": {"contains": "hola"}})],
}


@contextmanager
def serving(subject: Subject, where: str, how: str) -> Iterator[None]:
    """That server, for as long as it is needed."""

    def serve() -> None:
        with suppress(AgentError):
            subject.run(f"{subject.probes}/serve", where, how, timeout=120)

    server = threading.Thread(target=serve, daemon=True)
    server.start()
    time.sleep(0.3)
    try:
        yield
    finally:
        subject.end("serve")
        server.join(10)


@pytest.mark.parametrize("how", ["silent", "noise", "head", "drip", "flood", "nest"])
@pytest.mark.parametrize("where", CHECKS, ids=["engine", "web"])
def test_g09_a_server_that_means_harm_costs_little(sandbox: Subject, where: str, how: str) -> None:
    with serving(sandbox, where, how):
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        for expect in CHECKS[where]:
            began = time.monotonic()
            view = View(probe=Probe(sandbox.agent, seconds=SECONDS), values={}, engine_address=f"unix:{SOCKET}")

            outcome = run_check(expect, (), view)

            assert outcome.verdict != Verdict.PASS
            assert time.monotonic() - began <= SECONDS + 2
            assert len(str(outcome)) < 100_000

    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < MEMORY


def test_an_honest_server_passes(sandbox: Subject) -> None:
    """The control: the check does ask, and hears."""
    with serving(sandbox, PORT, "honest"):
        view = View(probe=Probe(sandbox.agent, seconds=SECONDS), values={})

        assert run_check(CHECKS[PORT][0], (), view).verdict == Verdict.PASS
