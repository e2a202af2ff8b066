"""G1: from pressing *start* to the first byte of the prompt."""

import time

from lab import Lab
from measure import Row, percentile, summary
from peers import docker_run_to_prompt

TARGET = 1 / 5  # of the median of `docker run`, at our 95th percentile


def measure(lab: Lab, rounds: int) -> list[Row]:
    """Alternate our start with `docker run`.

    A warm sandbox is awaited before each start, since this is the warm goal.
    """
    ours, theirs = [], []
    for _round in range(rounds):
        lab.end()
        lab.wait_for_warm_sandbox()
        began = time.perf_counter()
        lab.start()
        with lab.terminal() as terminal:
            terminal.read_until(lambda terminal=terminal: terminal.output, what="a first byte")
            ours.append(time.perf_counter() - began)
        theirs.append(docker_run_to_prompt(lab.engine_url, lab.image))
    ratio = percentile(ours, 0.95) / percentile(theirs, 0.5)
    what = "start to first prompt byte, p50 / p95"
    return [
        Row("G1", what, summary(ours), f"`docker run` {summary(theirs)}", f"{ratio:.2f}", "≤ 0.20", ratio <= TARGET)
    ]
