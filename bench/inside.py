"""G13: what `docker run` takes inside a sandbox, against the same of the host's engine."""

import subprocess
import time

from lab import ENGINE_LESSON, Lab
from measure import Row, percentile, summary

from sandboxes.agent_client import DEFAULT_ENVIRONMENT
from sandboxes.runtimes.profiles import ENGINE

IMAGE = "busybox"
# Without a network on either side: the host's engine gives containers none, and theirs ends in user space.
COMMAND = ("run", "--rm", "--network", "none")
MOST_ROUNDS = 12
RUN_TIMEOUT = 60.0  # seconds


def measure(lab: Lab, rounds: int) -> list[Row]:
    """Run the same image inside and outside in turns, after one run of each that does not count."""
    lab.set_pools(standard=0, engine=0)
    lab.end()
    lab.start_cold(ENGINE_LESSON)
    _inside(lab, "docker", "pull", "--quiet", IMAGE)
    image = _inside(lab, "docker", "image", "inspect", "--format", "{{.Id}}", IMAGE).strip()
    inside, outside = [], []
    for _round in range(min(rounds, MOST_ROUNDS) + 1):
        began = time.perf_counter()
        _inside(lab, "docker", *COMMAND, image, "true")
        inside.append(time.perf_counter() - began)
        outside.append(_outside(lab, image))
    lab.end()
    ratio = percentile(inside[1:], 0.5) / percentile(outside[1:], 0.5)
    what = "`docker run` inside a sandbox, p50 / p95"
    peer = f"the host's engine {summary(outside[1:])}"
    return [Row("G13", what, summary(inside[1:]), peer, f"{ratio:.2f}", "none", None)]


def _inside(lab: Lab, *argv: str) -> str:
    """Run a program in the sandbox; return what it printed. Raises RuntimeError with what it said where it failed."""
    environment = {**DEFAULT_ENVIRONMENT, **ENGINE.environment}
    done = lab.agent().run([f"/usr/bin/{argv[0]}", *argv[1:]], env=environment, timeout=RUN_TIMEOUT)
    if done.exit_code:
        raise RuntimeError(f"{' '.join(argv)}: {done.stderr.decode(errors='replace')}")
    return done.stdout.decode()


def _outside(lab: Lab, image: str) -> float:
    """Return the seconds of the same command on the host's engine, which has the mirror's images by the same ids."""
    began = time.perf_counter()
    subprocess.run(
        ["docker", "--host", lab.engine_url, *COMMAND, image, "true"],
        check=True,
        capture_output=True,
        timeout=RUN_TIMEOUT,
    )
    return time.perf_counter() - began
