"""G10, G11: from pressing *start* to the first byte of the prompt of a lab with a Docker of its own, warm and cold."""

import time
from collections.abc import Callable

from lab import ENGINE_LESSON, Lab
from measure import Row, percentile, summary
from peers import bare_engine_to_prompt, docker_run_to_prompt

WARM_TARGET = 1 / 5  # of the median of `docker run` of the same image, without an engine in it, at our 95th percentile
COLD_TARGET = 1.25  # times the median of the same container by the engine's bare API, until its Docker answers
# Making an engine sandbox takes seconds, and a cold round makes two.
MOST_WARM_ROUNDS, MOST_COLD_ROUNDS = 8, 5


def measure(lab: Lab, rounds: int) -> list[Row]:
    """Alternate warm starts with `docker run`, then cold ones with the bare API."""
    return [_warm(lab, min(rounds, MOST_WARM_ROUNDS)), _cold(lab, min(rounds, MOST_COLD_ROUNDS))]


def _warm(lab: Lab, rounds: int) -> Row:
    lab.set_pools(standard=0, engine=1)
    ours, theirs = [], []
    for _round in range(rounds):
        lab.end()
        lab.wait_for_warm_sandbox()
        ours.append(_to_prompt(lab, lab.start))
        theirs.append(docker_run_to_prompt(lab.engine_url, lab.engine_image))
    ratio = percentile(ours, 0.95) / percentile(theirs, 0.5)
    what = "warm start of a lab with Docker to first prompt byte, p50 / p95"
    peer = f"`docker run`, no Docker inside {summary(theirs)}"
    return Row("G10", what, summary(ours), peer, f"{ratio:.2f}", "≤ 0.20", ratio <= WARM_TARGET)


def _cold(lab: Lab, rounds: int) -> Row:
    lab.set_pools(standard=0, engine=0)
    ours, theirs = [], []
    for _round in range(rounds):
        lab.end()
        lab.wait_for_warm_sandbox()  # of which there is none: only until all is at rest
        ours.append(_to_prompt(lab, lab.start_cold))
        theirs.append(bare_engine_to_prompt(lab.engine_url, lab.engine_image))
    ratio = percentile(ours, 0.5) / percentile(theirs, 0.5)
    what = "cold start of a lab with Docker to first prompt byte, its Docker answering, p50 / p95"
    peer = f"bare engine API {summary(theirs)}"
    return Row("G11", what, summary(ours), peer, f"{ratio:.2f}", "≤ 1.25", ratio <= COLD_TARGET)


def _to_prompt(lab: Lab, start: Callable[[str], None]) -> float:
    """Return the seconds from pressing *start* to a first byte; then make sure that Docker answers."""
    began = time.perf_counter()
    start(ENGINE_LESSON)
    with lab.terminal() as terminal:
        terminal.read_until(lambda: terminal.output, what="a first byte")
        elapsed = time.perf_counter() - began
        answer = terminal.run("docker version --format 'server={{.Server.Version}}'")
        if "server=" not in answer.replace("'server=", ""):  # the command's own echo does not count
            raise RuntimeError(f"There is a prompt, but its Docker does not answer: {answer!r}")
    return elapsed
